//! Two stream bases that are each other's peers, in memory: streams without a descriptor.

mod methods;
mod run;

use std::collections::VecDeque;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Handle, Kind, State};

use self::methods::Methods;
use super::base::StreamBase;
use super::request::{ShutdownWrap, WriteWrap};

/// One end of a [`memory_pair`]: the handle that its stream base stands on.
#[derive(Debug)]
pub struct MemoryState {
    base: Option<StreamBase>,
    /// The other end, until it is closed.
    peer: Option<End>,
    /// What the other end sent, and nobody has read yet.
    arrived: VecDeque<u8>,
    /// How much that may be.
    capacity: usize,
    source: Source,
    reading: bool,
    /// What did not fit at the other end, in order.
    waiting: VecDeque<Waiting>,
    finished: VecDeque<(WriteWrap, Result<(), Errno>)>,
    sending: Sending,
}

type End = Handle<MemoryState>;

/// What comes behind the bytes that have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Open,
    /// The other end was shut down or closed.
    Ended,
    /// The other end was closed with something unread.
    Reset,
    /// That was read: there is nothing to read from, nor to write to.
    Failed,
}

#[derive(Debug)]
struct Waiting {
    left: VecDeque<Bytes>,
    wrap: WriteWrap,
}

/// How far sending has come.
#[derive(Debug)]
enum Sending {
    Open,
    /// The end follows when what waits is sent.
    Ending(ShutdownWrap),
    Ended,
}

static MEMORY: Kind<MemoryState> = Kind::new("memory")
    .on_ready(run::on_ready)
    .on_fed(run::on_fed)
    .on_stop(run::on_stop)
    .on_close(run::on_close);

impl State for MemoryState {
    const KIND: &'static Kind<MemoryState> = &MEMORY;
}

/// Two stream bases: what one writes, the other reads. They behave as a pair of Unix-domain sockets does, but for the descriptor, of which they
/// have none.
///
/// Each end holds up to `capacity` bytes, at least one, that were not read yet. A write that finds less room goes out in part, and the rest of it when
/// there is room again. What has arrived is read in the next poll phase. An end that is closed with something unread gives the other one
/// `ECONNRESET` behind what had arrived there, else [`Errno::EOF`]; and what waited there to be sent is over with `EPIPE`.
#[track_caller]
pub fn memory_pair(cx: &mut Ctx, capacity: usize) -> (StreamBase, StreamBase) {
    let (one, other) = (make(cx, capacity), make(cx, capacity));
    (connect(cx, one, other), connect(cx, other, one))
}

#[track_caller]
fn make(cx: &mut Ctx, capacity: usize) -> End {
    cx.insert(MemoryState {
        base: None,
        peer: None,
        arrived: VecDeque::new(),
        capacity: capacity.max(1),
        source: Source::Open,
        reading: false,
        waiting: VecDeque::new(),
        finished: VecDeque::new(),
        sending: Sending::Open,
    })
}

#[track_caller]
fn connect(cx: &mut Ctx, end: End, peer: End) -> StreamBase {
    let base = StreamBase::new(cx, &Methods, end.key());
    if let Some(state) = cx.state_mut(end) {
        state.base = Some(base);
        state.peer = Some(peer);
    }
    base
}

impl MemoryState {
    fn has_to_read(&self) -> bool {
        self.reading && (!self.arrived.is_empty() || self.source != Source::Open)
    }

    fn room(&self) -> usize {
        self.capacity - self.arrived.len()
    }

    /// Takes up to `room` of the bytes that wait to be sent, and moves those requests on of which nothing is left.
    fn take_waiting(&mut self, room: usize) -> Vec<Bytes> {
        let (mut taken, mut left) = (Vec::new(), room);
        while let Some(request) = self.waiting.front_mut() {
            while let Some(piece) = request.left.front_mut() {
                let part = piece.split_to(piece.len().min(left));
                left -= part.len();
                taken.push(part);
                if !piece.is_empty() {
                    return taken;
                }
                request.left.pop_front();
            }
            if let Some(request) = self.waiting.pop_front() {
                self.finished.push_back((request.wrap, Ok(())));
            }
        }
        taken
    }

    /// Whatever waits is over.
    fn fail_waiting(&mut self, errno: Errno) {
        let failed = self.waiting.drain(..);
        self.finished
            .extend(failed.map(|request| (request.wrap, Err(errno))));
    }

    /// Copies what has arrived to the front of `buffer`. After an error, nothing more is read.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if self.arrived.is_empty() {
            let errno = match self.source {
                Source::Open => return Err(Errno::EAGAIN),
                Source::Ended => Errno::EOF,
                Source::Reset | Source::Failed => {
                    self.source = Source::Failed;
                    Errno::ECONNRESET
                }
            };
            self.reading = false;
            return Err(errno);
        }
        let count = buffer.len().min(self.arrived.len());
        let (front, back) = self.arrived.as_slices();
        let (one, other) = buffer[..count].split_at_mut(count.min(front.len()));
        one.copy_from_slice(&front[..one.len()]);
        other.copy_from_slice(&back[..other.len()]);
        self.arrived.drain(..count);
        Ok(count)
    }
}
