//! The queue of sends: what is still to be sent, and what is sent and to be told of.

use std::collections::VecDeque;
use std::fmt;
use std::io::IoSlice;
use std::os::fd::BorrowedFd;
use std::slice;

use bytes::{Bytes, BytesMut};
use uvox_loop::sys::{Control, Message, RawAddress, SendBatch};
use uvox_loop::{Ctx, Errno};

use super::batches::BATCH;
use super::coalesce::Coalescing;
use super::state::Udp;

pub(super) type OnSent = Box<dyn FnOnce(&mut Ctx, Udp, Result<(), Errno>)>;

/// What is in a datagram that waits.
pub(super) enum Payload {
    One(Bytes),
    Many(Box<[Bytes]>),
}

impl Payload {
    fn pieces(&self) -> &[Bytes] {
        match self {
            Payload::One(piece) => slice::from_ref(piece),
            Payload::Many(pieces) => pieces,
        }
    }

    fn len(&self) -> usize {
        self.pieces().iter().map(Bytes::len).sum()
    }
}

/// One send (`uv_udp_send_t`).
pub(super) struct Request {
    pub(super) payload: Payload,
    pub(super) to: Option<RawAddress>,
    pub(super) control: Control,
    pub(super) done: OnSent,
}

/// A send that is over and not told of yet: all that is left of a [`Request`], and all that there ever is of one that the kernel took at once.
struct Finished {
    status: Result<(), Errno>,
    bytes: usize,
    done: OnSent,
}

/// The queue. Whatever is not told of yet counts, also what is sent already.
#[derive(Default)]
pub(super) struct SendQueue {
    waiting: VecDeque<Request>,
    finished: VecDeque<Finished>,
    size: usize,
    /// Where copies are made: many share one piece of memory, which is used again when the last of them is sent.
    copies: BytesMut,
    /// Whether what is sent now is collected, to be sent together in a moment (`UV_HANDLE_UDP_PROCESSING`).
    pub(super) gathers: bool,
    /// Whether what waits is put off to the next turn.
    pub(super) rests: bool,
    /// Whether what is sent together is sent as one.
    pub(super) coalescing: Coalescing,
}

/// How many pieces a datagram that waits has at most; one of more becomes one.
pub(super) const PIECES: usize = 16;

/// How many pieces a batch has at most: two for each datagram.
const PIECES_OF_BATCH: usize = 2 * BATCH;

/// How much memory for copies is asked for at once.
const COPIES: usize = 64 * 1024;

impl SendQueue {
    /// How many bytes are in sends that are not told of.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// How many sends are not told of.
    pub(super) fn count(&self) -> usize {
        self.waiting.len() + self.finished.len()
    }

    /// Whether something is to be sent.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many sends are to be told of.
    pub(super) fn finished(&self) -> usize {
        self.finished.len()
    }

    /// Copies pieces into one.
    pub(super) fn copy(&mut self, pieces: &[IoSlice<'_>]) -> Payload {
        let total: usize = pieces.iter().map(|piece| piece.len()).sum();
        if self.copies.capacity() < total {
            self.copies.reserve(total.max(COPIES));
        }
        for piece in pieces {
            self.copies.extend_from_slice(piece);
        }
        Payload::One(self.copies.split().freeze())
    }

    pub(super) fn push(&mut self, request: Request) {
        self.size += request.payload.len();
        self.waiting.push_back(request);
    }

    /// Adds a send that was over at once.
    pub(super) fn push_finished(&mut self, bytes: usize, status: Result<(), Errno>, done: OnSent) {
        self.size += bytes;
        self.finished.push_back(Finished {
            status,
            bytes,
            done,
        });
    }

    /// Gives the kernel what stands at the head, as much as goes into one batch. Returns how many datagrams it was given, and how many it took.
    pub(super) fn send(
        &mut self,
        socket: BorrowedFd<'_>,
        batch: &mut SendBatch,
    ) -> (usize, Result<usize, Errno>) {
        let mut slices = [IoSlice::new(&[]); PIECES_OF_BATCH];
        let (mut given, mut filled) = (0, 0);
        for request in self.waiting.iter().take(BATCH) {
            let pieces = request.payload.pieces();
            let Some(places) = slices.get_mut(filled..filled + pieces.len()) else {
                break;
            };
            for (place, piece) in places.iter_mut().zip(pieces) {
                *place = IoSlice::new(piece);
            }
            filled += pieces.len();
            given += 1;
        }
        let mut rest = &slices[..filled];
        let messages = self.waiting.iter().take(given).map(move |request| {
            let (buffers, behind) = rest.split_at(request.payload.pieces().len());
            rest = behind;
            Message {
                buffers,
                to: request.to.as_ref(),
                control: request.control,
            }
        });
        (given, self.coalescing.send(socket, batch, messages))
    }

    /// The first so many are over.
    pub(super) fn finish(&mut self, count: usize, status: Result<(), Errno>) {
        for request in self.waiting.drain(..count.min(self.waiting.len())) {
            self.finished.push_back(Finished {
                status,
                bytes: request.payload.len(),
                done: request.done,
            });
        }
        give_back(&mut self.waiting);
    }

    /// Whatever waits is over.
    pub(super) fn fail_all(&mut self, errno: Errno) {
        self.finish(usize::MAX, Err(errno));
    }

    /// Takes the next to be told of.
    pub(super) fn pop_finished(&mut self) -> Option<(OnSent, Result<(), Errno>)> {
        let finished = self.finished.pop_front()?;
        give_back(&mut self.finished);
        self.size -= finished.bytes;
        Some((finished.done, finished.status))
    }
}

/// How many an empty queue has room for at most: one that was long once does not keep its memory for good.
const KEPT: usize = 128;

/// Gives back what an empty queue will hardly need again.
fn give_back<T>(queue: &mut VecDeque<T>) {
    if queue.is_empty() && queue.capacity() > KEPT {
        *queue = VecDeque::new();
    }
}

impl fmt::Debug for SendQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendQueue")
            .field("waiting", &self.waiting.len())
            .field("finished", &self.finished.len())
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(queue: &mut SendQueue) -> Request {
        Request {
            payload: queue.copy(&[IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"c")]),
            to: None,
            control: Control::default(),
            done: Box::new(|_, _, _| ()),
        }
    }

    #[test]
    fn an_empty_queue_is_small() {
        let mut queue = SendQueue::default();
        for _ in 0..10_000 {
            let request = request(&mut queue);
            assert_eq!(request.payload.pieces(), [Bytes::from_static(b"abc")]);
            queue.push(request);
        }
        assert_eq!((queue.size(), queue.count()), (30_000, 10_000));
        queue.finish(9_000, Ok(()));
        queue.fail_all(Errno::ECANCELED);
        assert_eq!((queue.size(), queue.count()), (30_000, 10_000));
        while queue.pop_finished().is_some() {}
        assert_eq!((queue.size(), queue.is_waiting()), (0, false));
        assert!(queue.waiting.capacity() <= KEPT && queue.finished.capacity() <= KEPT);
    }

    #[test]
    fn copies_share_memory_and_give_it_back() {
        let mut queue = SendQueue::default();
        let place = |queue: &mut SendQueue| match queue.copy(&[IoSlice::new(&[7; 1000])]) {
            Payload::One(bytes) => bytes,
            Payload::Many(_) => panic!("it is one piece"),
        };
        let first = place(&mut queue);
        let second = place(&mut queue);
        assert_eq!(second.as_ptr() as usize - first.as_ptr() as usize, 1000);
        let start = first.as_ptr();
        drop((first, second));
        // When its end is reached, it begins anew where it began.
        let again = (0..200).any(|_| place(&mut queue).as_ptr() == start);
        assert!(again);
    }
}
