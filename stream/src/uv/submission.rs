//! What the kernel's answer makes of a write that is made.

use std::mem;

use uvox_loop::{Errno, Parts, emit};

use super::queue::{OnWritten, Request};
use super::state::{Stream, StreamState};

/// A write that is being made, before and after the kernel was tried with it.
pub(super) struct Submission {
    pub(super) number: u64,
    total: usize,
    result: Result<usize, Errno>,
    /// How long the queue was, and is.
    queue: (usize, usize),
    /// Whether there are writes to be told of.
    pub(super) finished: bool,
    /// Whether there is room for more, or an error to hear of, and nobody will say so again.
    pub(super) again: bool,
}

impl Submission {
    /// Tells the trace what became of the write: what the kernel took of it, and what is queued.
    #[cold]
    pub(super) fn report(&self, stream: Stream) {
        let (before, after) = self.queue;
        let left = after.saturating_sub(before);
        match self.result {
            Ok(took) if took == self.total => {
                emit!(Uv, "stream.write.sent" @ stream, bytes = took, result = self.result, queue = before => after);
            }
            Ok(_) | Err(Errno::EAGAIN) => {
                let took = self.total - left;
                emit!(Uv, "stream.write.queued" @ stream, bytes = self.total, took = took, queued = left, result = Ok(took), queue = before => after);
            }
            Err(_) => {
                emit!(Uv, "stream.write.failed" @ stream, bytes = self.total, result = self.result, queue = before => after);
            }
        }
    }

    /// Whether a write of so many bytes can be made at all, and if so, whether the kernel can be tried with it at once.
    #[inline]
    pub(super) fn begin(parts: &Parts<'_, StreamState>, total: usize) -> Result<bool, Errno> {
        let state = &*parts.state;
        state.sending.check_open()?;
        if state.queue.is_over_limit(total) {
            return Err(Errno::ENOBUFS);
        }
        Ok(state.queue.size() == 0
            && state.queue.is_drained()
            && state.in_pipe() == 0
            && !state.is_connecting()
            && parts.ready.can_write())
    }

    /// The kernel took all of the write at once.
    #[inline]
    pub(super) fn sent(parts: Parts<'_, StreamState>, total: usize, done: OnWritten) -> Submission {
        let queue = &mut parts.state.queue;
        let size = queue.size();
        queue.push_sent(total, done);
        Submission {
            number: queue.next_number(),
            total,
            result: Ok(total),
            queue: (size, size),
            finished: true,
            again: mem::take(&mut queue.stalled),
        }
    }

    /// The kernel was given so many bytes of the write, if it was `tried` at all: what is left of it is queued, or it is over.
    #[inline]
    pub(super) fn end(
        parts: Parts<'_, StreamState>,
        tried: Option<Result<usize, Errno>>,
        given: usize,
        mut request: Request,
    ) -> Submission {
        let queue = &mut parts.state.queue;
        let before = queue.size();
        let flooded = match tried {
            Some(Ok(count)) => count < given,
            Some(Err(errno)) => errno == Errno::EAGAIN,
            None => false,
        };
        if flooded {
            parts.ready.would_block_writing();
        }
        let result = tried.unwrap_or(Err(Errno::EAGAIN));
        let unsent = request.unsent();
        let total = request.sent + unsent;
        let number = queue.next_number();
        request.number = number;
        let stalled = mem::take(&mut queue.stalled);
        match result {
            Ok(count) if unsent == 0 => queue.push_sent(count, request.done),
            Ok(_) | Err(Errno::EAGAIN) => queue.push(request),
            Err(errno) => queue.push_failed(request, errno),
        }
        Submission {
            number,
            total,
            result,
            queue: (before, queue.size()),
            finished: queue.finished() > 0,
            again: stalled || (unsent > 0 && result.is_ok() && !flooded),
        }
    }
}
