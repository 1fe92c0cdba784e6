//! Two stream bases that are each other's peers, in memory: streams without a descriptor.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, State};

use super::base::StreamBase;
use super::methods::{Pieces, StreamMethods};
use super::request::{ShutdownWrap, WriteWrap};
use crate::uv::ReadBuffer;

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
    .on_ready(on_ready)
    .on_fed(on_fed)
    .on_stop(on_stop)
    .on_close(on_close);

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

/// What a stream base asks of an end in memory.
struct Methods;

impl StreamMethods for Methods {
    fn read_start(&self, cx: &mut Ctx, _: StreamBase, below: Key) -> Result<(), Errno> {
        let end = End::from_key(below);
        let state = cx.open_state(end)?;
        if state.reading {
            return Err(Errno::EALREADY);
        }
        if state.source == Source::Failed {
            return Err(Errno::ENOTCONN);
        }
        state.reading = true;
        call_reader(cx, end);
        cx.set_active(end, true)
    }

    fn read_stop(&self, cx: &mut Ctx, _: StreamBase, below: Key) -> Result<(), Errno> {
        let end = End::from_key(below);
        cx.state_mut(end).ok_or(Errno::EBADF)?.reading = false;
        cx.set_active(end, false)
    }

    fn try_write(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        pieces: &[IoSlice<'_>],
    ) -> Result<usize, Errno> {
        let end = End::from_key(below);
        let state = cx.open_state(end).map_err(|_| Errno::EBADF)?;
        if !state.waiting.is_empty() {
            return Err(Errno::EAGAIN);
        }
        let peer = check_open(cx, end)?;
        let state = cx.state_mut(peer).ok_or(Errno::EPIPE)?;
        let total: usize = pieces.iter().map(|piece| piece.len()).sum();
        let room = state.room();
        if room == 0 && total > 0 {
            return Err(Errno::EAGAIN);
        }
        let mut left = room;
        for piece in pieces {
            let taken = piece.len().min(left);
            state.arrived.extend(&piece[..taken]);
            left -= taken;
        }
        call_reader(cx, peer);
        Ok(room - left)
    }

    fn write(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        pieces: Pieces<'_>,
        wrap: WriteWrap,
    ) -> Result<(), Errno> {
        let end = End::from_key(below);
        cx.open_state(end).map_err(|_| Errno::EBADF)?;
        check_open(cx, end)?;
        let state = cx.state_mut(end).ok_or(Errno::EBADF)?;
        let left = pieces.into_owned().into();
        state.waiting.push_back(Waiting { left, wrap });
        cx.begin_request();
        send(cx, end);
        Ok(())
    }

    fn shutdown(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        wrap: ShutdownWrap,
    ) -> Result<(), Errno> {
        let end = End::from_key(below);
        let state = cx.open_state(end).map_err(|_| Errno::ENOTCONN)?;
        if !matches!(state.sending, Sending::Open) || state.source == Source::Failed {
            return Err(Errno::ENOTCONN);
        }
        state.sending = Sending::Ending(wrap);
        cx.begin_request();
        cx.feed(end)
    }

    fn is_alive(&self, cx: &Ctx, _: StreamBase, below: Key) -> bool {
        cx.state(End::from_key(below)).is_some()
    }

    fn write_queue_size(&self, cx: &Ctx, _: StreamBase, below: Key) -> usize {
        let waiting = cx.state(End::from_key(below)).map(|state| &state.waiting);
        let pieces = waiting
            .into_iter()
            .flatten()
            .flat_map(|request| &request.left);
        pieces.map(Bytes::len).sum()
    }
}

/// The other end, if it can be written to.
fn check_open(cx: &Ctx, end: End) -> Result<End, Errno> {
    let state = cx.state(end).ok_or(Errno::EBADF)?;
    match (&state.sending, state.source) {
        (Sending::Open, Source::Failed) => Err(Errno::EPIPE),
        (Sending::Open, _) => state.peer.ok_or(Errno::EPIPE),
        (Sending::Ending(_) | Sending::Ended, _) => Err(Errno::EPIPE),
    }
}

/// Whoever reads the end is called in the next poll phase, if there is something for him.
fn call_reader(cx: &mut Ctx, end: End) {
    if cx.state(end).is_some_and(MemoryState::has_to_read) {
        // One that is closing has nobody to call.
        let _ = cx.requeue(end);
    }
}

/// Sends what waits, as far as there is room at the other end.
fn send(cx: &mut Ctx, end: End) {
    let Some(peer) = cx.state(end).and_then(|state| state.peer) else {
        return;
    };
    let room = cx.state(peer).map_or(0, MemoryState::room);
    let Some(state) = cx.state_mut(end) else {
        return;
    };
    let taken = state.take_waiting(room);
    let finished = !state.finished.is_empty();
    if let Some(state) = cx.state_mut(peer) {
        for bytes in taken {
            state.arrived.extend(&bytes[..]);
        }
    }
    call_reader(cx, peer);
    if finished {
        // One that is closing reports them in its closing phase.
        let _ = cx.feed(end);
    }
}

/// Something is there to be read, or may be over.
fn on_ready(cx: &mut Ctx, key: Key) {
    let end = End::from_key(key);
    run_reads(cx, end);
    if !cx.is_closing(end) {
        run_completions(cx, end);
    }
}

/// Something is over.
fn on_fed(cx: &mut Ctx, key: Key) {
    run_completions(cx, End::from_key(key));
}

/// Reads what has arrived, within the loop's budget.
fn run_reads(cx: &mut Ctx, end: End) {
    let (reads, budget) = (cx.budgets().reads, cx.budgets().read_bytes);
    let mut bytes = 0;
    for _ in 0..reads {
        match read_once(cx, end) {
            Some(count) => bytes += count,
            None => return,
        }
        if bytes >= budget {
            break;
        }
    }
    call_reader(cx, end);
}

/// `None`: no other read is to follow in this turn.
fn read_once(cx: &mut Ctx, end: End) -> Option<usize> {
    let base = reader_of(cx, end)?;
    let buffer = base.emit_alloc(cx, Ctx::SCRATCH_SIZE);
    // The listener may have stopped or closed the stream: then there is nobody to read for.
    reader_of(cx, end)?;
    let is_lent = buffer.is_none();
    let mut target = match buffer {
        Some(buffer) => buffer,
        None => cx.take_scratch().into_vec(),
    };
    let result = if target.is_empty() {
        let _ = cx.requeue(end);
        Err(Errno::ENOBUFS)
    } else {
        cx.state_mut(end)?.read(&mut target)
    };
    if result.is_err_and(|errno| errno != Errno::ENOBUFS) {
        let _ = cx.set_active(end, false);
    }
    // What was taken out makes room for what the other end has waiting.
    if let Some(peer) = cx.state(end).and_then(|state| state.peer) {
        send(cx, peer);
    }
    if is_lent {
        base.emit_read(cx, ReadBuffer::Lent(&target[..result.unwrap_or(0)]), result);
        cx.put_scratch(target.into_boxed_slice());
    } else {
        base.emit_read(cx, ReadBuffer::Own(target), result);
    }
    result.ok()
}

/// The stream base of an end that has something to read for somebody.
fn reader_of(cx: &Ctx, end: End) -> Option<StreamBase> {
    let state = cx.state(end)?;
    if cx.is_closing(end) || !state.has_to_read() {
        return None;
    }
    state.base
}

/// Reports the writes that are over, and then shuts down if that is due.
fn run_completions(cx: &mut Ctx, end: End) {
    report_finished(cx, end);
    if !cx.is_closing(end) {
        drain(cx, end);
    }
}

/// Reports those that are over now; what the callbacks add is for later.
fn report_finished(cx: &mut Ctx, end: End) {
    for _ in 0..cx.state(end).map_or(0, |state| state.finished.len()) {
        let next = cx
            .state_mut(end)
            .and_then(|state| state.finished.pop_front());
        let Some((wrap, status)) = next else {
            return;
        };
        // It fails only for a user who ended requests that were not theirs.
        let _ = cx.end_request();
        wrap.done(cx, status);
    }
}

/// Ends what is sent, if that is due and everything is sent.
fn drain(cx: &mut Ctx, end: End) {
    let closing = cx.is_closing(end);
    let Some(state) = cx.state_mut(end) else {
        return;
    };
    if !state.waiting.is_empty() || !matches!(state.sending, Sending::Ending(_)) {
        return;
    }
    let Sending::Ending(wrap) = std::mem::replace(&mut state.sending, Sending::Ended) else {
        return;
    };
    let peer = state.peer;
    let _ = cx.end_request();
    if closing {
        return wrap.done(cx, Err(Errno::ECANCELED));
    }
    if let Some(peer) = peer {
        end_source(cx, peer, Source::Ended);
    }
    wrap.done(cx, Ok(()));
}

/// Nothing more will arrive at an end.
fn end_source(cx: &mut Ctx, end: End, source: Source) {
    if let Some(state) = cx.state_mut(end)
        && matches!(state.source, Source::Open | Source::Ended)
    {
        state.source = source;
    }
    call_reader(cx, end);
}

/// The other end finds out that this one is gone.
fn on_stop(cx: &mut Ctx, key: Key) {
    let end = End::from_key(key);
    let Some(state) = cx.state_mut(end) else {
        return;
    };
    state.reading = false;
    let unread = !state.arrived.is_empty();
    let Some(peer) = state.peer.take() else {
        return;
    };
    if let Some(state) = cx.state_mut(peer) {
        state.peer = None;
        state.fail_waiting(Errno::EPIPE);
    }
    end_source(cx, peer, if unread { Source::Reset } else { Source::Ended });
    // One that is closing, too, reports in its closing phase.
    let _ = cx.feed(peer);
}

/// Cancels what is left, in order; and the stream base goes with its handle.
fn on_close(cx: &mut Ctx, key: Key) {
    let end = End::from_key(key);
    if let Some(state) = cx.state_mut(end) {
        state.fail_waiting(Errno::ECANCELED);
    }
    report_finished(cx, end);
    drain(cx, end);
    if let Some(base) = cx.state(end).and_then(|state| state.base) {
        base.destroy(cx);
    }
}
