//! Reading (`uv__read`).

use uvox_loop::{Budgets, Ctx, Errno, Key, Parts, Ready, emit, sys, trace};

use super::owner::Owner;
use super::reader::{Hearer, OnRead};
use super::received::{Read, Received, Then, conclude};
use super::state::{Channel, Stream, StreamState, on_ready_for_more};

impl Stream {
    /// One read, into the loop's buffer, of an internet socket that does nothing else, when nobody watches. `None`, and nothing is done, if it is
    /// another case.
    #[inline(always)]
    fn read_first(self, cx: &mut Ctx) -> Option<()> {
        if sys::is_watched() {
            return None;
        }
        let (Parts { fd, ready, state }, place) = cx.parts_with_scratch(self.0)?;
        let is_plain = state.channel == Channel::Internet && state.only_reads();
        if !is_plain || !state.reader.reading || state.reader.asks() || !ready.can_read() {
            return None;
        }
        let mut scratch = place.take();
        let count = match sys::recv(fd, &mut scratch) {
            Ok(count) => count,
            Err(errno) => return self.read_failed(cx, scratch, errno),
        };
        if !(1..Ctx::SCRATCH_SIZE).contains(&count) || !ready.short_read() {
            return self.read_on(cx, scratch, count);
        }
        let Some(hearer) = state.reader.take_hearer(&state.owner) else {
            return self.read_on(cx, scratch, count);
        };
        let bytes = &scratch[..count];
        self.tell(cx, hearer, move |on_read, cx| on_read.lent(cx, self, bytes));
        cx.put_scratch(scratch);
        Some(())
    }

    /// The first read was one after which there is more to be done.
    #[inline(never)]
    fn read_on(self, cx: &mut Ctx, scratch: Box<[u8]>, count: usize) -> Option<()> {
        self.follow_read(cx, scratch, Ok(count))
    }

    /// The same if it failed.
    #[inline(never)]
    fn read_failed(self, cx: &mut Ctx, scratch: Box<[u8]>, errno: Errno) -> Option<()> {
        self.follow_read(cx, scratch, Err(errno))
    }

    fn follow_read(
        self,
        cx: &mut Ctx,
        scratch: Box<[u8]>,
        result: Result<usize, Errno>,
    ) -> Option<()> {
        cx.put_scratch(scratch);
        let received = conclude(cx.parts(self.0)?, Ctx::SCRATCH_SIZE, true, result);
        if let Some(Read { count, then }) = self.tell_lent(cx, received) {
            match then {
                Then::Read => self.run_more_reads(cx, 1, count),
                Then::Later => self.requeue_reader(cx),
                Then::Wait => {}
                Then::End => self.end_of_a_hung_up(cx),
            }
        }
        Some(())
    }

    /// Reads what is there, within the budget (`uv__read`).
    pub(super) fn run_reads(self, cx: &mut Ctx) {
        self.run_more_reads(cx, 0, 0);
    }

    /// The same when so many reads were made already, of so many bytes.
    fn run_more_reads(self, cx: &mut Ctx, made: u32, mut bytes: usize) {
        let Budgets {
            reads, read_bytes, ..
        } = *cx.budgets();
        for _ in made..reads {
            if bytes >= read_bytes {
                break;
            }
            let Some(Read { count, then }) = self.read(cx) else {
                return;
            };
            bytes += count;
            match then {
                Then::Read => {}
                Then::Later => break,
                Then::Wait => return,
                Then::End => return self.end_of_a_hung_up(cx),
            }
        }
        self.requeue_reader(cx);
    }

    /// More may be there, and nobody will say so again. A stream that was closed needs no other turn.
    fn requeue_reader(self, cx: &mut Ctx) {
        if cx.state(self.0).is_some_and(|state| state.reader.reading) {
            let _ = cx.requeue_ahead(self.0);
        }
    }

    /// The peer hung up, and what it left is read: that was the end, unless the callback stopped the reading. It is told without another call, so of a
    /// connection that was reset as well (`uv__stream_eof` in `uv__stream_io`).
    #[cold]
    fn end_of_a_hung_up(self, cx: &mut Ctx) {
        let Some(parts) = cx.parts(self.0) else {
            return;
        };
        if !parts.state.reader.reading {
            return;
        }
        parts.state.reader.stop();
        let _cause =
            emit!(Uv, "stream.read" @ self, result = Err::<usize, _>(Errno::EOF)).map(trace::cause);
        self.rest(cx, Errno::EOF);
        self.tell_end(cx, Errno::EOF);
    }

    /// Tells the reader that there will be no more, and why.
    pub(super) fn tell_end(self, cx: &mut Ctx, errno: Errno) {
        if let Some(hearer) = self.take_hearer(cx) {
            self.tell(cx, hearer, |on_read, cx| on_read.failed(cx, self, errno));
        }
    }

    /// One read, into the loop's buffer if the reader has none of its own. `None`: no other is to follow in this turn.
    fn read(self, cx: &mut Ctx) -> Option<Read> {
        let (parts, scratch) = cx.parts_with_scratch(self.0)?;
        if !parts.state.may_read(*parts.ready) {
            return None;
        }
        if parts.state.reader.asks() {
            return self.read_own(cx);
        }
        let read = self.receive(parts, scratch.get());
        self.tell_lent(cx, read)
    }

    /// Tells of a read into the loop's buffer.
    fn tell_lent(self, cx: &mut Ctx, received: Received) -> Option<Read> {
        let Received {
            result,
            then,
            hearer,
        } = received;
        let _cause = emit!(Uv, "stream.read" @ self, result = result).map(trace::cause);
        let count = match result {
            Ok(count) => count,
            Err(errno) => return self.tell_failed(cx, hearer, errno),
        };
        let scratch = cx.take_scratch();
        if let Some(hearer) = hearer {
            let bytes = &scratch[..count];
            self.tell(cx, hearer, |on_read, cx| on_read.lent(cx, self, bytes));
        }
        cx.put_scratch(scratch);
        Some(Read { count, then })
    }

    /// The same if nothing was read.
    fn tell_failed(self, cx: &mut Ctx, hearer: Option<Hearer>, errno: Errno) -> Option<Read> {
        if errno != Errno::EAGAIN {
            self.rest(cx, errno);
            if let Some(hearer) = hearer {
                self.tell(cx, hearer, |on_read, cx| on_read.failed(cx, self, errno));
            }
        }
        None
    }

    /// One read into a buffer of the user's.
    fn read_own(self, cx: &mut Ctx) -> Option<Read> {
        let buffer = self.ask(cx)?;
        // The callback may have stopped or closed the stream: then there is nobody to read for.
        let (parts, scratch) = cx.parts_with_scratch(self.0)?;
        if !parts.state.reader.reading {
            return None;
        }
        let Some(mut buffer) = buffer else {
            let read = self.receive(parts, scratch.get());
            return self.tell_lent(cx, read);
        };
        let has_room = !buffer.is_empty();
        let Received {
            result,
            then,
            hearer,
        } = match has_room {
            true => self.receive(parts, &mut buffer),
            false => Received {
                result: Err(Errno::ENOBUFS),
                then: Then::Wait,
                hearer: parts.state.reader.take_hearer(&parts.state.owner),
            },
        };
        if !has_room {
            let _ = cx.requeue(self.0);
        }
        let _cause = emit!(Uv, "stream.read" @ self, result = result).map(trace::cause);
        if let Err(errno) = result
            && errno != Errno::EAGAIN
            && has_room
        {
            self.rest(cx, errno);
        }
        let found_nothing = result == Err(Errno::EAGAIN);
        let (hearer, told) = match found_nothing {
            true => (self.take_hearer(cx), Ok(0)),
            false => (hearer, result),
        };
        if let Some(hearer) = hearer {
            self.tell(cx, hearer, |on_read, cx| {
                on_read.own(cx, self, buffer, told)
            });
        }
        result.ok().map(|count| Read { count, then })
    }

    /// Asks for a buffer. `None` if there is nobody to be asked.
    fn ask(self, cx: &mut Ctx) -> Option<Option<Vec<u8>>> {
        let state = cx.state_mut(self.0)?;
        if let (true, Some(owner)) = (state.reader.for_owner, state.owner) {
            let Owner { key, functions } = owner;
            return Some(functions.alloc(cx, key, Ctx::SCRATCH_SIZE));
        }
        cx.call(
            self.0,
            |state: &mut StreamState| &mut state.reader.on_alloc,
            |on_alloc, cx| on_alloc(cx, self, Ctx::SCRATCH_SIZE),
        )
    }

    fn take_hearer(self, cx: &mut Ctx) -> Option<Hearer> {
        let state = cx.state_mut(self.0)?;
        state.reader.take_hearer(&state.owner)
    }

    /// Tells who was taken out of the reader, and puts him back if he is a callback.
    #[inline(always)]
    fn tell(
        self,
        cx: &mut Ctx,
        hearer: Hearer,
        tell: impl FnOnce(&mut (dyn OnRead + 'static), &mut Ctx),
    ) {
        match hearer {
            Hearer::Callback(on_read) => {
                cx.call_taken(
                    self.0,
                    |state: &mut StreamState| &mut state.reader.on_read,
                    on_read,
                    tell,
                );
            }
            Hearer::Owner(mut owner) => tell(&mut owner, cx),
        }
    }

    /// Asks the kernel, and draws the conclusions.
    fn receive(self, parts: Parts<'_, StreamState>, buffer: &mut [u8]) -> Received {
        let capacity = buffer.len();
        let passing = &mut parts.state.passing;
        // Whether a short count means that nothing is left.
        let mut tells = true;
        let result = match (parts.state.channel, passing) {
            (Channel::Internet, _) => sys::recv(parts.fd, buffer),
            (Channel::File, _) => sys::read(parts.fd, buffer),
            (Channel::Unix, None) => sys::recv_discarding(parts.fd, buffer).map(|received| {
                tells = !received.control_truncated;
                received.count
            }),
            (Channel::Unix, Some(passing)) => {
                tells = false;
                passing.receive(self, parts.fd, buffer)
            }
        };
        conclude(parts, capacity, tells, result)
    }

    /// Reading stopped by itself.
    #[cold]
    fn rest(self, cx: &mut Ctx, errno: Errno) {
        if errno == Errno::EOF {
            emit!(Uv, "stream.eof" @ self);
        }
        // The stream is open, or there would have been nothing to read from.
        let _ = cx.set_active(self.0, false);
    }
}

/// `uv__stream_io`, called for what the kernel said. Most of the time that is that there is something to be read, and all else is at rest: that takes as
/// few steps as there can be.
pub(super) fn on_ready(cx: &mut Ctx, key: Key) {
    let stream = Stream::from_key(key);
    if stream.read_first(cx).is_none() {
        on_ready_for_more(cx, stream);
    }
}

impl StreamState {
    /// Whether a read is wanted, and worth trying. When as many descriptors wait as may, none is: it goes on when one is taken.
    #[inline]
    fn may_read(&self, ready: Ready) -> bool {
        self.reader.reading
            && ready.can_read()
            && !self
                .passing
                .as_ref()
                .is_some_and(|passing| passing.is_full())
    }
}
