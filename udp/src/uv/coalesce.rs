//! Neighbours that are alike are given to the kernel as one message, which it takes apart again as late as it can (UDP GSO): a datagram costs it a fraction then.

use std::io::IoSlice;
use std::os::fd::BorrowedFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Control, Message, RawAddress, SendBatch};

use super::batches::BATCH;

/// How many bytes one message has at most: as many as one datagram of IPv4.
const MOST_BYTES: usize = 65_507;

/// How many datagrams one message has at most: newer kernels take more, all take so many.
const MOST_DATAGRAMS: usize = 64;

/// How many pieces the datagrams of one call have at most that are coalesced: two for each.
const PIECES: usize = 2 * BATCH;

/// Whether the datagrams of a socket are coalesced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Coalescing {
    /// If the kernel can do it for this socket, which it was not asked yet.
    #[default]
    Unasked,
    /// Those of up to so many bytes; of 0, none.
    UpTo(usize),
}

impl Coalescing {
    /// None are.
    pub(super) const OFF: Coalescing = Coalescing::UpTo(0);

    /// Sends the first of the messages, 64 at most, with one system call. Returns how many of them the kernel took; if none, what it said of the first.
    pub(super) fn send<'a>(
        &mut self,
        socket: BorrowedFd<'_>,
        batch: &mut SendBatch,
        messages: impl Iterator<Item = Message<'a>> + Clone,
    ) -> Result<usize, Errno> {
        let messages = messages.take(BATCH);
        let runs = Runs::find(messages.clone(), self.most());
        if !runs.has_long() || !self.is_possible(socket) {
            return batch.send(socket, messages);
        }
        match runs.send(socket, batch, messages.clone()) {
            Err(errno @ (Errno::EMSGSIZE | Errno::EINVAL | Errno::EIO)) if runs.starts_long() => {
                // None of them is sent. If it was not because of their company, the first of them is refused again.
                let sent = batch.send(socket, messages);
                if sent.is_ok() {
                    self.learn(errno, runs.first_size());
                }
                sent
            }
            sent => sent,
        }
    }

    fn most(self) -> usize {
        match self {
            Coalescing::Unasked => MOST_BYTES,
            Coalescing::UpTo(most) => most,
        }
    }

    /// Asks the kernel, the first time. One that does not know what this is would send the whole as one datagram, and so would a socket that is not UDP's.
    fn is_possible(&mut self, socket: BorrowedFd<'_>) -> bool {
        if *self == Coalescing::Unasked {
            *self = match sys::segment_size(socket) {
                Ok(0) => Coalescing::UpTo(MOST_BYTES),
                // Whoever opened it has chosen that all it sends is taken apart.
                Ok(_) | Err(_) => Coalescing::OFF,
            };
        }
        *self != Coalescing::OFF
    }

    /// What was refused together went alone.
    #[cold]
    fn learn(&mut self, errno: Errno, size: usize) {
        *self = match errno {
            // The way it takes is too narrow for the kernel to take it apart at its end.
            Errno::EMSGSIZE => Coalescing::UpTo(self.most().min(size.saturating_sub(1))),
            _ => Coalescing::OFF,
        };
    }
}

/// Datagrams that stand one behind the other and become one message.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    datagrams: u16,
    pieces: u16,
    bytes: u16,
    /// How long each of them is, but for the last, which may be shorter. One that is too long to be sent is as long as can be said.
    size: u16,
}

impl Run {
    fn new(pieces: usize, size: usize) -> Run {
        let size = narrow(size);
        Run {
            datagrams: 1,
            pieces: narrow(pieces),
            bytes: size,
            size,
        }
    }

    fn is_long(&self) -> bool {
        self.datagrams > 1
    }

    /// Whether a datagram of so many bytes can be added. Behind one that is shorter none can, and an empty one would be no part of the whole.
    fn takes(&self, size: usize) -> bool {
        let (own, bytes) = (usize::from(self.size), usize::from(self.bytes));
        (1..=own).contains(&size)
            && bytes == usize::from(self.datagrams) * own
            && bytes + size <= MOST_BYTES
            && usize::from(self.datagrams) < MOST_DATAGRAMS
    }

    /// Adds one that it takes.
    fn add(&mut self, pieces: usize, size: usize) {
        self.datagrams += 1;
        self.pieces += narrow(pieces);
        self.bytes += narrow(size);
    }
}

fn narrow(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// Which neighbours become one message, from the first to the last.
struct Runs {
    runs: [Run; BATCH],
    count: usize,
}

impl Runs {
    /// Finds them among up to [`BATCH`] datagrams, of which those are coalesced that have up to `most` bytes.
    fn find<'a>(messages: impl Iterator<Item = Message<'a>>, most: usize) -> Runs {
        let mut runs = [Run::default(); BATCH];
        let mut count = 0;
        let mut pieces = 0;
        let mut before = None;
        for message in messages {
            let own = message.buffers.len();
            let size = message.buffers.iter().map(|piece| piece.len()).sum();
            let way = (message.to, message.control);
            pieces += own;
            match (runs[..count].last_mut(), before) {
                (Some(run), Some(before))
                    if usize::from(run.size) <= most
                        && run.takes(size)
                        && pieces <= PIECES
                        && is_the_same(before, way) =>
                {
                    run.add(own, size);
                }
                _ => {
                    runs[count] = Run::new(own, size);
                    count += 1;
                }
            }
            before = Some(way);
        }
        Runs { runs, count }
    }

    fn all(&self) -> &[Run] {
        &self.runs[..self.count]
    }

    /// Whether it would make a difference.
    fn has_long(&self) -> bool {
        self.all().iter().any(Run::is_long)
    }

    fn starts_long(&self) -> bool {
        self.runs[0].is_long()
    }

    fn first_size(&self) -> usize {
        self.runs[0].size.into()
    }

    /// Sends each as one message, and returns how many datagrams that were.
    fn send<'a>(
        &self,
        socket: BorrowedFd<'_>,
        batch: &mut SendBatch,
        messages: impl Iterator<Item = Message<'a>> + Clone,
    ) -> Result<usize, Errno> {
        let mut slices = [IoSlice::new(&[]); PIECES];
        let filled = self.gather(&mut slices, messages.clone());
        let mut left = messages;
        let mut rest = &slices[..filled];
        let whole = self.all().iter().map_while(|run| {
            let mut message = left.next()?;
            if run.is_long() {
                (message.buffers, rest) = rest.split_at(run.pieces.into());
                message.control.segment_size = Some(run.size);
                // The others are part of it.
                left.nth(usize::from(run.datagrams) - 2);
            }
            Some(message)
        });
        let sent = batch.send(socket, whole)?;
        let datagrams = self
            .all()
            .iter()
            .take(sent)
            .map(|run| usize::from(run.datagrams));
        Ok(datagrams.sum())
    }

    /// Lays the pieces of the long ones side by side, and returns how many those are.
    fn gather<'a>(
        &self,
        slices: &mut [IoSlice<'a>; PIECES],
        mut messages: impl Iterator<Item = Message<'a>>,
    ) -> usize {
        let mut filled = 0;
        for run in self.all() {
            for message in messages.by_ref().take(run.datagrams.into()) {
                if run.is_long() {
                    let end = filled + message.buffers.len();
                    slices[filled..end].copy_from_slice(message.buffers);
                    filled = end;
                }
            }
        }
        filled
    }
}

/// To whom a datagram goes, and what goes along with it.
type Way<'a> = (Option<&'a RawAddress>, Control);

/// Whether datagrams go the same way. One that is to be taken apart already goes its own.
fn is_the_same((to, control): Way<'_>, other: Way<'_>) -> bool {
    control.segment_size.is_none() && control == other.1 && to == other.0
}
