//! Reading (`uv_read_start`, `uv__read`).

use std::ops::Deref;

use uvox_loop::{Budgets, Callback, Ctx, Errno, emit, sys, trace};

use super::state::{Channel, Stream, StreamState};

type OnRead = dyn FnMut(&mut Ctx, Stream, ReadBuffer<'_>, Result<usize, Errno>);
type OnAlloc = dyn FnMut(&mut Ctx, Stream, usize) -> Option<Vec<u8>>;

/// Where the bytes are that were read.
#[derive(Debug)]
pub enum ReadBuffer<'a> {
    /// In the loop's own buffer, until the callback returns: as many as were read.
    Lent(&'a [u8]),
    /// In the buffer that `alloc` gave, which comes back as it was made, however little was read.
    Own(Vec<u8>),
}

impl Deref for ReadBuffer<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            ReadBuffer::Lent(bytes) => bytes,
            ReadBuffer::Own(bytes) => bytes,
        }
    }
}

/// Who reads a stream, and whether he wants to.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Whether there is a direction to read from.
    pub(super) readable: bool,
    reading: bool,
    /// Asked for a buffer before each read, if it is set.
    on_alloc: Callback<OnAlloc>,
    on_read: Callback<OnRead>,
}

impl Reader {
    pub(super) fn stop(&mut self) {
        self.reading = false;
    }

    /// No more data comes, and none will.
    pub(super) fn end(&mut self) {
        self.reading = false;
        self.readable = false;
    }
}

impl Stream {
    /// Calls `on_read` with what arrives (`uv_read_start`). The bytes are lent: they stand in the loop's buffer until the callback returns.
    ///
    /// At the end it is called with [`Errno::EOF`], after an error of the connection with that; reading has stopped by then. At most
    /// [`Budgets::reads`](uvox_loop::Budgets::reads) reads or [`Budgets::read_bytes`](uvox_loop::Budgets::read_bytes) bytes come in one
    /// turn, the rest in the next.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EALREADY` if it is read already, `ENOTCONN` if it is not connected, cannot be read
    /// from, or was ended by an error.
    pub fn read_start(
        self,
        cx: &mut Ctx,
        mut on_read: impl FnMut(&mut Ctx, Stream, Result<&[u8], Errno>) + 'static,
    ) -> Result<(), Errno> {
        let reader = self.check_reader(cx)?;
        reader.on_alloc = Callback::Unset;
        reader.on_read = Callback::Set(Box::new(
            move |cx, stream, buffer: ReadBuffer<'_>, result| {
                on_read(cx, stream, result.map(|_| &*buffer));
            },
        ));
        self.begin_reading(cx)
    }

    /// The same into buffers of the user's. `alloc` is asked for one before each read, with a size that would be good, and reads fill as much of it as
    /// its length; `on_read` gets it back, with how much was read. One without length says that there is no room: `on_read` gets `ENOBUFS`, and the
    /// stream goes on reading in the next turn. `None` asks for the loop's own buffer this time. A read that found nothing gives the
    /// buffer back with `Ok(0)`.
    ///
    /// # Errors
    ///
    /// As [`Stream::read_start`].
    pub fn read_start_into(
        self,
        cx: &mut Ctx,
        alloc: impl FnMut(&mut Ctx, Stream, usize) -> Option<Vec<u8>> + 'static,
        on_read: impl FnMut(&mut Ctx, Stream, ReadBuffer<'_>, Result<usize, Errno>) + 'static,
    ) -> Result<(), Errno> {
        let reader = self.check_reader(cx)?;
        reader.on_alloc = Callback::Set(Box::new(alloc));
        reader.on_read = Callback::Set(Box::new(on_read));
        self.begin_reading(cx)
    }

    fn check_reader(self, cx: &mut Ctx) -> Result<&mut Reader, Errno> {
        let reader = &mut cx.open_state(self.0)?.reader;
        if reader.reading {
            return Err(Errno::EALREADY);
        }
        if !reader.readable {
            return Err(Errno::ENOTCONN);
        }
        Ok(reader)
    }

    fn begin_reading(self, cx: &mut Ctx) -> Result<(), Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::ENOTCONN)?;
        parts.state.reader.reading = true;
        // What is known to be there is read when the kernel would tell of it: in the next poll phase.
        let is_there = parts.ready.can_read() && !parts.state.connecting.is_on();
        if is_there {
            cx.requeue(self.0)?;
        }
        emit!(Uv, "read_start" @ self);
        cx.set_active(self.0, true)
    }

    /// Stops reading, at once, also from the callback (`uv_read_stop`). One that is not read stays so.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone.
    pub fn read_stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
        state.reader.stop();
        emit!(Uv, "read_stop" @ self);
        cx.set_active(self.0, false)
    }

    /// Whether it is being read.
    pub fn is_reading(self, cx: &Ctx) -> bool {
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(|state| state.reader.reading)
    }

    /// Reads what is there, within the budget (`uv__read`).
    pub(super) fn run_reads(self, cx: &mut Ctx) {
        let Budgets {
            reads, read_bytes, ..
        } = *cx.budgets();
        let mut bytes = 0;
        for _ in 0..reads {
            let Some(parts) = cx.parts(self.0) else {
                return;
            };
            let StreamState {
                reader, passing, ..
            } = parts.state;
            if !reader.reading || !parts.ready.can_read() {
                return;
            }
            if passing.as_ref().is_some_and(|passing| passing.is_full()) {
                // When one is taken, this goes on.
                return;
            }
            let has_alloc = reader.on_alloc.is_set();
            let Some(read) = (if has_alloc {
                self.read_own(cx)
            } else {
                self.read_lent(cx)
            }) else {
                return;
            };
            bytes += read.count;
            if !read.more {
                return;
            }
            if bytes >= read_bytes {
                break;
            }
        }
        // More may be there, and nobody will say so again. A stream that was closed needs no other turn.
        if cx.state(self.0).is_some_and(|state| state.reader.reading) {
            let _ = cx.requeue(self.0);
        }
    }

    /// One read into the loop's buffer. `None`: no other is to follow in this turn.
    fn read_lent(self, cx: &mut Ctx) -> Option<Read> {
        let mut scratch = cx.take_scratch();
        let read = self.receive(cx, &mut scratch);
        let _cause =
            emit!(Uv, "read" @ self, result = read.map(|read| read.count)).map(trace::cause);
        if read != Err(Errno::EAGAIN) {
            let lent = ReadBuffer::Lent(&scratch[..read.map_or(0, |read| read.count)]);
            self.tell_read(cx, lent, read.map(|read| read.count));
        }
        cx.put_scratch(scratch);
        read.ok()
    }

    /// One read into a buffer of the user's.
    fn read_own(self, cx: &mut Ctx) -> Option<Read> {
        let buffer = cx.call(
            self.0,
            |state: &mut StreamState| &mut state.reader.on_alloc,
            |on_alloc, cx| on_alloc(cx, self, Ctx::SCRATCH_SIZE),
        )?;
        // The callback may have stopped or closed the stream: then there is nobody to read for.
        if !self.is_reading(cx) {
            return None;
        }
        let Some(mut buffer) = buffer else {
            return self.read_lent(cx);
        };
        let read = if buffer.is_empty() {
            let _ = cx.requeue(self.0);
            Err(Errno::ENOBUFS)
        } else {
            self.receive(cx, &mut buffer)
        };
        let _cause =
            emit!(Uv, "read" @ self, result = read.map(|read| read.count)).map(trace::cause);
        let told = match read {
            Err(Errno::EAGAIN) => Ok(0),
            read => read.map(|read| read.count),
        };
        self.tell_read(cx, ReadBuffer::Own(buffer), told);
        read.ok()
    }

    fn tell_read(self, cx: &mut Ctx, buffer: ReadBuffer<'_>, result: Result<usize, Errno>) {
        cx.call(
            self.0,
            |state: &mut StreamState| &mut state.reader.on_read,
            |on_read, cx| on_read(cx, self, buffer, result),
        );
    }

    /// Asks the kernel, and draws the conclusions: the end and an error stop the reading before the callback hears of them.
    fn receive(self, cx: &mut Ctx, buffer: &mut [u8]) -> Result<Read, Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let read = match (parts.state.channel, &mut parts.state.passing) {
            (Channel::File, _) => sys::read(parts.fd, buffer),
            (Channel::Unix, Some(passing)) => passing.receive(self, parts.fd, buffer),
            _ => sys::recv(parts.fd, buffer),
        };
        let result = match read {
            Ok(0) => Err(Errno::EOF),
            result => result,
        };
        match result {
            Ok(count) if count < buffer.len() && parts.state.channel != Channel::Unix => {
                parts.ready.short_read();
            }
            Ok(_) => {}
            Err(Errno::EAGAIN) => parts.ready.would_block_reading(),
            Err(Errno::EOF) => parts.state.reader.stop(),
            Err(_) => {
                parts.state.reader.end();
                parts.state.sending.fail();
            }
        }
        let more = parts.ready.can_read();
        if !matches!(result, Ok(_) | Err(Errno::EAGAIN)) {
            // The stream is open, or there would have been nothing to read from.
            let _ = cx.set_active(self.0, false);
        }
        result.map(|count| Read { count, more })
    }
}

/// What a read gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Read {
    count: usize,
    /// Whether there may be more: decided before the callback runs, so that the stream need not be resolved after it to find out.
    more: bool,
}
