//! The queue of writes: what is still to be sent, and what is sent and to be reported.

use std::collections::VecDeque;
use std::fmt;
use std::io::IoSlice;
use std::os::fd::OwnedFd;

use bytes::{Buf, Bytes};
use uvox_loop::{Ctx, Errno};

use super::passing::close_all;
use super::short::{Short, give_back};
use super::state::Stream;
use super::write::Written;

pub(super) type OnWritten = Box<dyn FnOnce(&mut Ctx, Stream, Written)>;

/// One write (`uv_write_t`).
pub(super) struct Request {
    /// Which write of its stream it is, counting up.
    pub(super) number: u64,
    /// What is still to be sent, in order.
    pub(super) left: VecDeque<Bytes>,
    /// What goes with the first byte.
    pub(super) passed: Vec<OwnedFd>,
    pub(super) sent: usize,
    pub(super) done: OnWritten,
}

impl Request {
    pub(super) fn unsent(&self) -> usize {
        self.left.iter().map(Bytes::len).sum()
    }

    /// It is over: what was to go along and did not is closed.
    fn finish(mut self, status: Result<(), Errno>) -> Finished {
        close_all(self.passed.drain(..));
        Finished {
            written: Written {
                status,
                bytes: self.sent,
            },
            unsent: self.unsent(),
            done: self.done,
        }
    }
}

/// A write that is over and not reported yet: all that is left of a [`Request`], and all that there ever is of a write that the kernel took
/// at once.
struct Finished {
    written: Written,
    unsent: usize,
    done: OnWritten,
}

/// The queue.
///
/// `size` is what `uv_stream_get_write_queue_size` says: bytes that are not sent, those of a failed request included until it is reported.
#[derive(Default)]
pub(super) struct WriteQueue {
    waiting: VecDeque<Request>,
    finished: Short<Finished>,
    size: usize,
    last_number: u64,
    /// The most bytes that may be queued, if there is a limit.
    pub(super) limit: Option<usize>,
    /// Whether a request failed in the queue: nothing more is sent until another is made.
    pub(super) stalled: bool,
}

impl WriteQueue {
    #[inline]
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether everything was sent.
    #[inline]
    pub(super) fn is_drained(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether a write of any size can be sent at once, as if there were no queue.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        self.waiting.is_empty() && self.limit.is_none() && !self.stalled
    }

    /// Whether nothing is to be sent, and nothing to be reported.
    #[inline]
    pub(super) fn is_at_rest(&self) -> bool {
        self.waiting.is_empty() && self.finished.is_empty()
    }

    /// How many requests are to be reported.
    pub(super) fn finished(&self) -> usize {
        self.finished.len()
    }

    #[inline]
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Whether so many more bytes would be too many.
    pub(super) fn is_over_limit(&self, more: usize) -> bool {
        self.limit
            .is_some_and(|limit| self.size.saturating_add(more) > limit)
    }

    /// Adds a request to those that wait.
    pub(super) fn push(&mut self, request: Request) {
        self.size += request.unsent();
        self.waiting.push_back(request);
    }

    /// Adds a write that the kernel took at once, all of it.
    #[inline]
    pub(super) fn push_sent(&mut self, bytes: usize, done: OnWritten) {
        let written = Written {
            status: Ok(()),
            bytes,
        };
        self.finished.push(Finished {
            written,
            unsent: 0,
            done,
        });
    }

    /// Adds one that failed at once.
    pub(super) fn push_failed(&mut self, request: Request, errno: Errno) {
        self.size += request.unsent();
        self.finished.push(request.finish(Err(errno)));
    }

    /// Describes what is to be sent next, across requests, in at most `slices.len()` pieces. Returns how many there are. A request with descriptors is
    /// the first of those that are sent together, for the descriptors go with the first byte of them.
    pub(super) fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let requests = self.waiting.iter().enumerate();
        let pieces = requests
            .take_while(|(at, request)| *at == 0 || request.passed.is_empty())
            .flat_map(|(_, request)| &request.left);
        slices
            .iter_mut()
            .zip(pieces)
            .map(|(slice, piece)| *slice = IoSlice::new(piece))
            .count()
    }

    /// The descriptors that go with what is to be sent next.
    pub(super) fn passed(&self) -> &[OwnedFd] {
        self.waiting
            .front()
            .map_or(&[], |request| request.passed.as_slice())
    }

    /// So many bytes were sent: takes them off the requests, and moves those that are complete on.
    pub(super) fn advance(&mut self, mut count: usize) {
        self.size -= count;
        while let Some(request) = self.waiting.front_mut() {
            if count > 0 {
                // Whatever part of the bytes was sent, they are.
                close_all(request.passed.drain(..));
            }
            while let Some(piece) = request.left.front_mut() {
                let taken = piece.len().min(count);
                piece.advance(taken);
                request.sent += taken;
                count -= taken;
                if !piece.is_empty() {
                    return;
                }
                request.left.pop_front();
            }
            if let Some(request) = self.waiting.pop_front() {
                self.finished.push(request.finish(Ok(())));
                give_back(&mut self.waiting);
            }
            if count == 0 && self.waiting.front().is_none_or(|next| next.unsent() > 0) {
                return;
            }
        }
    }

    /// The request at the head failed.
    pub(super) fn fail_head(&mut self, errno: Errno) {
        if let Some(request) = self.waiting.pop_front() {
            self.finished.push(request.finish(Err(errno)));
        }
    }

    /// Whatever waits is over.
    pub(super) fn fail_all(&mut self, errno: Errno) {
        self.stalled = false;
        let waiting = self.waiting.drain(..);
        for request in waiting {
            self.finished.push(request.finish(Err(errno)));
        }
        give_back(&mut self.waiting);
    }

    /// Takes a request back of which nothing was sent yet, to be reported as cancelled in its turn. False if it is not there.
    pub(super) fn cancel(&mut self, number: u64) -> bool {
        // They stand in the order of their numbers.
        let Ok(at) = self
            .waiting
            .binary_search_by_key(&number, |request| request.number)
        else {
            return false;
        };
        // One that is sent in part cannot be taken back: the peer would see a piece of it.
        if self.waiting[at].sent > 0 {
            return false;
        }
        if let Some(request) = self.waiting.remove(at) {
            self.finished.push(request.finish(Err(Errno::ECANCELED)));
        }
        true
    }

    /// Takes the next request to be reported.
    #[inline]
    pub(super) fn pop_finished(&mut self) -> Option<(OnWritten, Written)> {
        let finished = self.finished.pop()?;
        self.size -= finished.unsent;
        Some((finished.done, finished.written))
    }
}

impl fmt::Debug for WriteQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteQueue")
            .field("waiting", &self.waiting.len())
            .field("finished", &self.finished.len())
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::short::KEPT;
    use super::*;

    fn request(number: u64) -> Request {
        Request {
            number,
            left: VecDeque::from([Bytes::from_static(b"x")]),
            passed: Vec::new(),
            sent: 0,
            done: Box::new(|_, _, _| ()),
        }
    }

    #[test]
    fn an_empty_queue_is_small() {
        let mut queue = WriteQueue::default();
        for _ in 0..10_000 {
            let number = queue.next_number();
            queue.push(request(number));
        }
        for number in 1..=9_000 {
            assert!(queue.cancel(number) && !queue.cancel(number));
        }
        queue.advance(999);
        queue.advance(1);
        while queue.pop_finished().is_some() {}
        assert_eq!((queue.size(), queue.is_drained()), (0, true));
        assert!(queue.waiting.capacity() <= KEPT && queue.finished.capacity() <= KEPT);
    }
}
