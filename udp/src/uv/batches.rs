//! The places that datagrams are received into and sent from, which all handles of a loop share.

use std::fmt;
use std::os::fd::BorrowedFd;

use uvox_loop::sys::{self, RecvBatch, SendBatch};
use uvox_loop::{Ctx, Errno};

/// How many datagrams one system call takes or brings at most; of those that are one for the kernel, as many as have room in so many.
pub(super) const BATCH: usize = 64;

/// How long a datagram can be that finds room if nobody asks for another: as long as there are any, 64 KiB. So long is also what the kernel puts together. What is added keeps the beginnings of those that stand one behind the other
/// from falling on the same lines of the processor's caches, of which each has a few only.
pub(super) const DATAGRAM_SIZE: usize = 64 * 1024 + 25 * 64;

/// Where a batch is received.
pub(super) struct Places {
    batch: RecvBatch,
    /// Grows to what is asked of it, and no page of it is there before a datagram needed it.
    buffer: Vec<u8>,
    received: usize,
}

/// What the loop has of both, while nobody uses it.
#[derive(Default)]
struct Idle {
    places: Option<Box<Places>>,
    sending: Option<Box<SendBatch>>,
}

impl Places {
    /// Takes them out of the loop. Whoever does not give them back, because a callback panicked, leaves others to be made.
    pub(super) fn take(cx: &mut Ctx) -> Box<Places> {
        let idle = cx.slot::<Idle>().places.take();
        idle.unwrap_or_else(|| {
            Box::new(Places {
                batch: RecvBatch::new(BATCH),
                buffer: Vec::new(),
                received: 0,
            })
        })
    }

    pub(super) fn give_back(self: Box<Self>, cx: &mut Ctx) {
        cx.slot::<Idle>().places = Some(self);
    }

    /// Receives up to `most` messages of up to `size` bytes, each of which is a datagram, or several that the kernel put together.
    pub(super) fn receive(
        &mut self,
        socket: BorrowedFd<'_>,
        size: usize,
        most: usize,
    ) -> Result<usize, Errno> {
        let room = size * most.clamp(1, self.batch.capacity());
        if self.buffer.len() < room {
            self.buffer = vec![0; room];
        }
        self.received = 0;
        self.received = self.batch.recv(socket, &mut self.buffer[..room], size)?;
        Ok(self.received)
    }

    /// Why there were no more.
    pub(super) fn end(&self) -> sys::BatchEnd {
        self.batch.end()
    }

    pub(super) fn received(&self) -> usize {
        self.received
    }

    /// Whether the kernel put any of it together.
    pub(super) fn has_coalesced(&self) -> bool {
        self.batch.has_coalesced()
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<(&[u8], sys::Datagram<'_>)> {
        let found = self.batch.get(at)?;
        Some((&self.buffer[found.range.clone()], found))
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places")
            .field("room", &self.buffer.len())
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

/// Takes the place to send from out of the loop, as [`Places::take`] does.
pub(super) fn take_sending(cx: &mut Ctx) -> Box<SendBatch> {
    let idle = cx.slot::<Idle>().sending.take();
    idle.unwrap_or_else(|| Box::new(SendBatch::new(BATCH)))
}

pub(super) fn give_back_sending(cx: &mut Ctx, sending: Box<SendBatch>) {
    cx.slot::<Idle>().sending = Some(sending);
}
