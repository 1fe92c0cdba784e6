//! Who reads a stream (`uv_read_start`, `uv_read_stop`).

use std::ops::Deref;

use uvox_loop::{Callback, Ctx, Errno, Key, emit};

use super::owner::Owner;
use super::state::{Stream, StreamState};

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

/// Who is told of what was read: one that is lent the bytes, or one that may have given a buffer of his own for them. Whichever he is, he may
/// be told of both, for a reader may be replaced between `alloc` and the read.
pub(super) trait OnRead {
    /// They stand in the loop's buffer.
    fn lent(&mut self, cx: &mut Ctx, stream: Stream, bytes: &[u8]);
    /// They stand in the buffer that `alloc` gave, as many as the result says.
    fn own(&mut self, cx: &mut Ctx, stream: Stream, buffer: Vec<u8>, result: Result<usize, Errno>);
    /// There are none, and why.
    fn failed(&mut self, cx: &mut Ctx, stream: Stream, errno: Errno);
}

/// The callback of [`Stream::read_start`].
struct Lent<F>(F);

impl<F: FnMut(&mut Ctx, Stream, Result<&[u8], Errno>)> OnRead for Lent<F> {
    #[inline]
    fn lent(&mut self, cx: &mut Ctx, stream: Stream, bytes: &[u8]) {
        self.0(cx, stream, Ok(bytes));
    }

    fn own(&mut self, cx: &mut Ctx, stream: Stream, buffer: Vec<u8>, result: Result<usize, Errno>) {
        self.0(cx, stream, result.map(|count| &buffer[..count]));
    }

    fn failed(&mut self, cx: &mut Ctx, stream: Stream, errno: Errno) {
        self.0(cx, stream, Err(errno));
    }
}

/// The callback of [`Stream::read_start_into`].
struct Either<F>(F);

impl<F: FnMut(&mut Ctx, Stream, ReadBuffer<'_>, Result<usize, Errno>)> OnRead for Either<F> {
    #[inline]
    fn lent(&mut self, cx: &mut Ctx, stream: Stream, bytes: &[u8]) {
        self.0(cx, stream, ReadBuffer::Lent(bytes), Ok(bytes.len()));
    }

    fn own(&mut self, cx: &mut Ctx, stream: Stream, buffer: Vec<u8>, result: Result<usize, Errno>) {
        self.0(cx, stream, ReadBuffer::Own(buffer), result);
    }

    fn failed(&mut self, cx: &mut Ctx, stream: Stream, errno: Errno) {
        self.0(cx, stream, ReadBuffer::Lent(&[]), Err(errno));
    }
}

/// Who hears of a read, on his way there.
pub(super) enum Hearer {
    /// Taken out of the reader, to which it is put back.
    Callback(Box<dyn OnRead>),
    /// Its functions stay where they are.
    Owner(Owner),
}

/// Who reads a stream, and whether he wants to.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Whether there is a direction to read from.
    pub(super) readable: bool,
    pub(super) reading: bool,
    /// Whether the stream's owner reads it; if not, the callbacks do.
    pub(super) for_owner: bool,
    /// The owner would give no buffer, and is not asked.
    lends: bool,
    /// Asked for a buffer before each read, if it is set.
    pub(super) on_alloc: Callback<OnAlloc>,
    pub(super) on_read: Callback<dyn OnRead>,
}

impl Reader {
    pub(super) fn is_reading(&self) -> bool {
        self.reading
    }

    pub(super) fn stop(&mut self) {
        self.reading = false;
    }

    /// Whether somebody is asked for a buffer before each read.
    #[inline]
    pub(super) fn asks(&self) -> bool {
        match self.for_owner {
            true => !self.lends,
            false => self.on_alloc.is_set(),
        }
    }

    /// Takes out who is to hear of a read.
    #[inline(always)]
    pub(super) fn take_hearer(&mut self, owner: &Option<Owner>) -> Option<Hearer> {
        match self.on_read.take() {
            Some(on_read) => Some(Hearer::Callback(on_read)),
            None if self.for_owner => owner.map(Hearer::Owner),
            None => None,
        }
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
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EALREADY` if it is read or spliced already, `ENOTCONN` if it is not connected, cannot be read
    /// from, or was ended by an error.
    pub fn read_start(
        self,
        cx: &mut Ctx,
        on_read: impl FnMut(&mut Ctx, Stream, Result<&[u8], Errno>) + 'static,
    ) -> Result<(), Errno> {
        let reader = self.check_reader(cx)?;
        reader.for_owner = false;
        reader.on_alloc = Callback::Unset;
        reader.on_read = Callback::Set(Box::new(Lent(on_read)));
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
        reader.for_owner = false;
        reader.on_alloc = Callback::Set(Box::new(alloc));
        reader.on_read = Callback::Set(Box::new(Either(on_read)));
        self.begin_reading(cx)
    }

    /// The same for the stream's owner, by its [functions](super::owner::Owns).
    ///
    /// # Errors
    ///
    /// As [`Stream::read_start`]; `EINVAL` for another than the owner.
    pub(crate) fn read_start_for(self, cx: &mut Ctx, owner: Key) -> Result<(), Errno> {
        let is_owner = |state: &StreamState| state.owner.is_some_and(|its| its.key == owner);
        let reads = cx.state(self.0).is_none_or(is_owner);
        let reader = self.check_reader(cx)?;
        if !reads {
            return Err(Errno::EINVAL);
        }
        reader.for_owner = true;
        reader.on_alloc = Callback::Unset;
        reader.on_read = Callback::Unset;
        self.begin_reading(cx)
    }

    /// Whether the owner would give no buffer, so that it need not be asked for one, which it knows.
    pub(crate) fn set_lending(self, cx: &mut Ctx, lends: bool) {
        if let Some(state) = cx.state_mut(self.0) {
            state.reader.lends = lends;
        }
    }

    fn check_reader(self, cx: &mut Ctx) -> Result<&mut Reader, Errno> {
        let state = cx.open_state(self.0)?;
        if state.reader.reading || state.is_source() {
            return Err(Errno::EALREADY);
        }
        if !state.reader.readable {
            return Err(Errno::ENOTCONN);
        }
        Ok(&mut state.reader)
    }

    fn begin_reading(self, cx: &mut Ctx) -> Result<(), Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::ENOTCONN)?;
        parts.state.reader.reading = true;
        // What is known to be there is read when the kernel would tell of it: in the next poll phase.
        let is_there = parts.ready.concerns_reader() && !parts.state.is_connecting();
        if is_there {
            cx.requeue(self.0)?;
        }
        emit!(Uv, "stream.read_start" @ self);
        cx.set_active(self.0, true)
    }

    /// Stops reading, at once, also from the callback (`uv_read_stop`), and [splicing](Stream::splice_stop). One that is not read stays so.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone.
    pub fn read_stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
        if !state.reader.reading && !state.is_source() {
            return Ok(());
        }
        state.reader.stop();
        self.splice_stop(cx)?;
        emit!(Uv, "stream.read_stop" @ self);
        cx.set_active(self.0, false)
    }

    /// Whether it is being read.
    pub fn is_reading(self, cx: &Ctx) -> bool {
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(|state| state.reader.reading)
    }
}
