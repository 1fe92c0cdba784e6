//! Writing (`uv_write`, `uv__write`).

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::sys::{self, IOV_MAX};
use uvox_loop::{Ctx, Errno, Key, emit, emit_around, trace};

use super::passing::send_with;
use super::pieces::{copy_rest, length, send, share_rest};
use super::queue::{OnWritten, Request};
use super::state::{Stream, StreamState};
use super::submission::Submission;

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whether all of it was sent. `ECANCELED` if the stream was closed or the write [cancelled](Write::cancel), else what the kernel
    /// said.
    pub status: Result<(), Errno>,
    /// How many bytes of it were sent: all of them, unless it failed.
    pub bytes: usize,
}

/// A write that was made (`uv_write_t`): a name, to cancel it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Write {
    stream: Stream,
    number: u64,
}

/// How many pieces a call of the kernel's is given at most: enough for any frame, and little enough for the stack.
const PIECES: usize = if IOV_MAX < 64 { IOV_MAX } else { 64 };

/// How many times in a turn a stream's queue is given to the kernel.
pub(super) const WRITES_PER_TURN: u32 = 32;

impl Stream {
    /// Writes bytes (`uv_write`). If nothing is queued, the kernel is tried at once, with the bytes where they are; only what it does
    /// not take is copied, and sent when there is room. `done` is called from the loop, later in this turn at the earliest.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, closing, or has no descriptor yet; `EPIPE` if it is shut down or was ended by an error; `ENOBUFS` if the
    /// queue would grow beyond its [limit](Stream::set_write_queue_limit). Nothing was sent then, and `done` is dropped. What the kernel says
    /// comes by `done`.
    pub fn write(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        done: impl FnOnce(&mut Ctx, Stream, Written) + 'static,
    ) -> Result<Write, Errno> {
        self.write_one(cx, bytes, Box::new(done))
    }

    /// The same with many pieces, in one call of the kernel's as far as it takes them at once.
    ///
    /// # Errors
    ///
    /// As [`Stream::write`].
    pub fn writev(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        done: impl FnOnce(&mut Ctx, Stream, Written) + 'static,
    ) -> Result<Write, Errno> {
        self.writev_boxed(cx, pieces, Box::new(done))
    }

    fn writev_boxed(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        done: OnWritten,
    ) -> Result<Write, Errno> {
        self.submit(cx, pieces, |sent| copy_rest(pieces, sent), done)
    }

    /// [`Stream::write`]: if the kernel takes all of it, with as few steps as there can be.
    fn write_one(self, cx: &mut Ctx, bytes: &[u8], done: OnWritten) -> Result<Write, Errno> {
        let parts = match self.plain_parts(cx, |_| false) {
            Some(parts) if parts.state.queue.is_free() => parts,
            _ => return self.writev_boxed(cx, &[IoSlice::new(bytes)], done),
        };
        let sent = sys::send(parts.fd, bytes);
        if sent != Ok(bytes.len()) {
            return self.write_rest(cx, bytes, sent, done);
        }
        let number = parts.state.queue.next_number();
        parts.state.queue.push_sent(bytes.len(), done);
        cx.begin_request();
        cx.feed(self.0)?;
        Ok(Write {
            stream: self,
            number,
        })
    }

    /// The kernel has not taken all of it: queues the rest.
    #[inline(never)]
    fn write_rest(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        sent: Result<usize, Errno>,
        done: OnWritten,
    ) -> Result<Write, Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let count = sent.unwrap_or(0);
        let request = Request {
            number: 0,
            left: copy_rest(&[IoSlice::new(bytes)], count),
            passed: Vec::new(),
            sent: count,
            done,
        };
        let submission = Submission::end(parts, Some(sent), bytes.len(), request);
        self.follow(cx, submission)
    }

    /// The same with bytes that are handed over: what the kernel does not take is queued without being copied.
    ///
    /// # Errors
    ///
    /// As [`Stream::write`].
    pub fn write_bytes(
        self,
        cx: &mut Ctx,
        pieces: impl IntoIterator<Item = Bytes>,
        done: impl FnOnce(&mut Ctx, Stream, Written) + 'static,
    ) -> Result<Write, Errno> {
        let owned: Vec<Bytes> = pieces.into_iter().collect();
        let slices: Vec<IoSlice<'_>> = owned.iter().map(|piece| IoSlice::new(piece)).collect();
        self.submit(cx, &slices, |sent| share_rest(&owned, sent), Box::new(done))
    }

    /// Tries the kernel with the pieces, if this is the time for it, and queues what `rest` makes of them behind what was sent.
    #[inline]
    fn submit(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        rest: impl FnOnce(usize) -> VecDeque<Bytes>,
        done: OnWritten,
    ) -> Result<Write, Errno> {
        emit_around!(Uv, "stream.write" @ self, bytes = length(pieces), pieces = pieces.len()
            => self.submit_now(cx, pieces, rest, done))
    }

    #[inline(always)]
    fn submit_now(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        rest: impl FnOnce(usize) -> VecDeque<Bytes>,
        done: OnWritten,
    ) -> Result<Write, Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let total: usize = pieces.iter().map(|piece| piece.len()).sum();
        let try_now = Submission::begin(&parts, total)?;
        let is_socket = parts.state.channel.is_socket();
        let tried = try_now.then(|| send(parts.fd, is_socket, pieces));
        if tried == Some(Ok(total)) {
            let submission = Submission::sent(parts, total, done);
            return self.follow(cx, submission);
        }
        let sent = tried.unwrap_or(Ok(0)).unwrap_or(0);
        // What the kernel was not even given does not mean that there is no room for it.
        let given = pieces.iter().take(IOV_MAX).map(|piece| piece.len()).sum();
        let request = Request {
            number: 0,
            left: rest(sent),
            passed: Vec::new(),
            sent,
            done,
        };
        let submission = Submission::end(parts, tried, given, request);
        self.follow(cx, submission)
    }

    /// Sees to it that a write is told of and that the queue goes on, as the kernel's answer has it.
    #[inline]
    pub(super) fn follow(self, cx: &mut Ctx, submission: Submission) -> Result<Write, Errno> {
        if trace::on() {
            submission.report(self);
        }
        let Submission {
            number,
            finished,
            again,
            ..
        } = submission;
        cx.begin_request();
        if finished {
            cx.feed(self.0)?;
        }
        if again {
            cx.requeue(self.0)?;
        }
        Ok(Write {
            stream: self,
            number,
        })
    }

    /// How many bytes are queued and not sent (`uv_stream_get_write_queue_size`), those included that are on their way from a stream that is
    /// [spliced](Stream::splice_to) to this one.
    pub fn write_queue_size(self, cx: &Ctx) -> usize {
        cx.state(self.0)
            .map_or(0, |state| state.queue.size() + state.in_pipe())
    }

    /// Bounds what may be queued: a write that would pass it is refused with `ENOBUFS`, whole. There is no bound at first.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone.
    pub fn set_write_queue_limit(self, cx: &mut Ctx, bytes: Option<usize>) -> Result<(), Errno> {
        cx.state_mut(self.0).ok_or(Errno::EBADF)?.queue.limit = bytes;
        Ok(())
    }

    /// Gives the queue to the kernel as far as there is room (`uv__write`).
    pub(super) fn run_writes(self, cx: &mut Ctx) {
        if !self.run_pipe(cx) {
            return;
        }
        for _ in 0..WRITES_PER_TURN {
            let Some(parts) = cx.parts(self.0) else {
                return;
            };
            let queue = &mut parts.state.queue;
            if queue.is_drained() || queue.stalled || !parts.ready.can_write() {
                return;
            }
            let before = queue.size();
            let mut slices = [IoSlice::new(&[]); PIECES];
            let count = queue.slices(&mut slices);
            let given: usize = slices[..count].iter().map(|slice| slice.len()).sum();
            let cause =
                emit!(Uv, "stream.flush" @ self, bytes = given, pieces = count).map(trace::cause);
            let sent = match queue.passed() {
                [] => send(parts.fd, parts.state.channel.is_socket(), &slices[..count]),
                passed => send_with(parts.fd, &slices[..count], passed),
            };
            let queue = &mut parts.state.queue;
            match sent {
                Ok(count) => {
                    queue.advance(count);
                    if count < given {
                        parts.ready.would_block_writing();
                    }
                }
                Err(Errno::EAGAIN) => parts.ready.would_block_writing(),
                Err(errno) => {
                    // This one failed. The rest stays until the stream is closed, or written to again: what the user does
                    // with the error decides.
                    queue.fail_head(errno);
                    queue.stalled = true;
                }
            }
            let after = queue.size();
            emit!(Uv, "stream.flush.done" @ self, bytes = given, result = sent, queue = before => after);
            drop(cause);
        }
        // There is room still, but others want their turn, too. A stream that is closed needs no other.
        let _ = cx.requeue(self.0);
    }

    /// Sends what is queued, reports the writes that are over, in order, and then shuts down if that is due (`uv__write`, `uv__write_callbacks`,
    /// `uv__drain`). What a stream that is closing has left is for its closing phase.
    pub(super) fn run_sends(self, cx: &mut Ctx) {
        let Ok(state) = cx.open_state(self.0) else {
            return;
        };
        let is_sink = state.has_spliced();
        if is_sink || !state.queue.is_drained() {
            self.run_writes(cx);
        }
        if is_sink {
            self.report_spliced(cx);
            if cx.is_closing(self.0) {
                return;
            }
        }
        self.report_finished(cx);
        let due = |state: &mut StreamState| state.shutdown_is_due();
        if cx.open_state(self.0).is_ok_and(due) {
            self.drain(cx);
        }
    }

    /// Reports those that are over now; what the callbacks add is for later.
    pub(super) fn report_finished(self, cx: &mut Ctx) {
        self.report_each(cx);
    }

    /// The same as a part of whoever has resolved the stream just now.
    #[inline(always)]
    pub(super) fn report_each(self, cx: &mut Ctx) {
        let mut left = None;
        while left != Some(0) {
            let Some(queue) = cx.state_mut(self.0).map(|state| &mut state.queue) else {
                return;
            };
            let count = left.unwrap_or(queue.finished());
            let Some((done, written)) = queue.pop_finished() else {
                return;
            };
            left = Some(count - 1);
            // It fails only for a user who ended requests that were not theirs.
            let _ = cx.end_request();
            match trace::on() {
                true => self.report_traced(cx, done, written),
                false => done(cx, self, written),
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn report_traced(self, cx: &mut Ctx, done: OnWritten, written: Written) {
        let _cause =
            emit!(Uv, "stream.write.done" @ self, bytes = written.bytes, result = written.status)
                .map(trace::cause);
        done(cx, self, written);
    }
}

impl Write {
    /// Takes a write back of which nothing was sent yet. Its callback gets `ECANCELED` from the loop, without waiting for those that are
    /// queued before it.
    ///
    /// # Errors
    ///
    /// `EBUSY` if some of it was sent or it is over; `EBADF` if the stream is gone, `EINVAL` if it is closing, which cancels it anyway.
    pub fn cancel(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.open_state(self.stream.0)?;
        if !state.queue.cancel(self.number) {
            return Err(Errno::EBUSY);
        }
        cx.feed(Key::from(self.stream))
    }
}
