//! Moving what one stream reads to another one within the kernel (`splice(2)`), for which libuv has no name.
//!
//! The bytes go through a pipe that belongs to the sink, as its queue of writes does: what is in the pipe was there before whatever is in the
//! queue. The pipe is filled when both are empty and the sink has room, and never otherwise. So `EAGAIN`, which does not say who would have to wait, is
//! not ambiguous: while the pipe is empty it is the source, while there is something in it, the sink. And nothing is taken from the source that the sink
//! would not take soon, which is the back-pressure.

mod end;

use std::fmt;
use std::os::fd::{AsFd, OwnedFd};

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Ready, emit, sys, trace};

use self::end::{is_unsupported, what_nothing_means};
use super::state::{Stream, StreamState};
use super::write::WRITES_PER_TURN;

pub use self::end::{SpliceCounts, SpliceEnd, Spliced};

/// How many bytes the kernel is asked for at once, and so the most that is under way: as many as a read asks for.
const PIPE_BYTES: usize = Ctx::SCRATCH_SIZE;

/// Where there is a call for it.
const IS_SUPPORTED: bool = cfg!(any(target_os = "linux", target_os = "android"));

type OnSpliced = Box<dyn FnOnce(&mut Ctx, Stream, Spliced)>;

/// A stream's part in splicing: it may be a source, a sink, or both, even its own.
#[derive(Debug, Default)]
pub(super) struct Splicing {
    from: Option<Box<Inflow>>,
    to: Option<Stream>,
}

impl Splicing {
    pub(super) fn is_on(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    pub(super) fn is_source(&self) -> bool {
        self.to.is_some()
    }

    /// How many bytes are to be given to this stream, before whatever is in its queue.
    pub(super) fn in_pipe(&self) -> usize {
        self.from.as_ref().map_or(0, |flow| flow.in_pipe)
    }

    /// Whether there is something to send or to report.
    pub(super) fn has_to_send(&self) -> bool {
        self.from.as_ref().is_some_and(|flow| flow.owes())
    }
}

impl StreamState {
    /// To whom what it reads is spliced.
    fn sink(&self) -> Option<Stream> {
        self.rare.as_ref()?.splicing.to
    }

    fn is_sink(&self) -> bool {
        self.rare
            .as_ref()
            .is_some_and(|rare| rare.splicing.from.is_some())
    }
}

/// What flows into a sink.
struct Inflow {
    source: Stream,
    reader: OwnedFd,
    writer: OwnedFd,
    in_pipe: usize,
    given: u64,
    /// Why nothing more is taken from the source, which is free then; `None` while it goes on.
    end: Option<SpliceEnd>,
    rest: Vec<u8>,
    spent: Spent,
    done: OnSpliced,
}

/// What of a turn's budget is used up.
#[derive(Default)]
struct Spent {
    turn: u64,
    reads: u32,
    bytes: usize,
}

impl Stream {
    /// Moves what this stream reads to `sink`, within the kernel, until there is an end to it: the bytes are never in this process's memory. A stream may be
    /// spliced to itself, which then echoes, and two to each other. `done` is called once, from the loop, with this stream, when all that was
    /// taken has been given to the sink, or cannot be. By then this stream may be read by others, which is so as soon as nothing more is taken from
    /// it.
    ///
    /// - Nothing is taken while the sink has no room or has writes of its own to send. What is on the way is at most what a pipe holds, 64 KiB.
    /// - Writes to the sink are sent in their order: behind what was taken before them, before what is taken after them. A
    ///   [shutdown](Stream::shutdown) of the sink waits for what is on the way, and ends the splicing with `EPIPE`.
    /// - This stream's end is not the sink's: shut it down in `done`, if that is meant.
    /// - At most [`Budgets::reads`](uvox_loop::Budgets::reads) times and [`Budgets::read_bytes`](uvox_loop::Budgets::read_bytes) bytes are taken in a turn, but for the last
    ///   time, which may take 64 KiB.
    /// - While it goes on this stream is active, as one that is read; what is on its way keeps the loop alive, as a write does.
    /// - Closing either stream ends it: what was taken from a source that is closed still goes to the sink; what a sink that is closed did not get is
    ///   [handed out](Spliced::rest).
    ///
    /// # Errors
    ///
    /// `EBADF` if one of them is gone, `EINVAL` if one is closing; `EALREADY` if this stream is read or spliced already, `EBUSY` if something is spliced
    /// to the sink; `ENOTCONN` if one of them is not connected, or this one cannot be read from, `EPIPE` if the sink cannot be written to; `EMFILE`
    /// or `ENFILE` if there are no descriptors for a pipe; `ENOTSUP` of a stream whose peer may pass descriptors, and where the system has no such call. Whether it has it for these two only shows when it
    /// is made: see [`SpliceEnd::Unsupported`].
    pub fn splice_to(
        self,
        cx: &mut Ctx,
        sink: Stream,
        done: impl FnOnce(&mut Ctx, Stream, Spliced) + 'static,
    ) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        if state.reader.is_reading() || state.is_source() {
            return Err(Errno::EALREADY);
        }
        if !state.reader.readable || state.is_connecting() {
            return Err(Errno::ENOTCONN);
        }
        if state.passing.is_some() {
            // The kernel would throw them away.
            return Err(Errno::ENOTSUP);
        }
        let state = cx.open_state(sink.0)?;
        if state.is_sink() {
            return Err(Errno::EBUSY);
        }
        if state.is_connecting() {
            return Err(Errno::ENOTCONN);
        }
        state.sending.check_open()?;
        if !IS_SUPPORTED {
            return Err(Errno::ENOTSUP);
        }
        let (reader, writer) = sys::pipe()?;
        state.rare_mut().splicing.from = Some(Box::new(Inflow {
            source: self,
            reader,
            writer,
            in_pipe: 0,
            given: 0,
            end: None,
            rest: Vec::new(),
            spent: Spent::default(),
            done: Box::new(done),
        }));
        emit!(Uv, "stream.splice_start" @ self, sink = format!("{sink:?}"));
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        parts.state.rare_mut().splicing.to = Some(sink);
        if parts.ready.concerns_reader() {
            cx.requeue(self.0)?;
        }
        cx.set_active(self.0, true)
    }

    /// Takes nothing more from this stream for its sink, at once; it may be read by others. What was taken still goes to the sink, and then `done` is
    /// called. A stream that is not spliced stays so. [`Stream::read_stop`] does the same.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone.
    pub fn splice_stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let sink = cx.state(self.0).ok_or(Errno::EBADF)?.sink();
        if let Some(sink) = sink {
            sink.end_inflow(cx, SpliceEnd::Stopped);
        }
        Ok(())
    }

    /// Whether what this stream reads is spliced to a sink.
    pub fn is_splicing(self, cx: &Ctx) -> bool {
        cx.state(self.0).is_some_and(StreamState::is_source)
    }

    /// How far splicing to this stream, the sink, has come; `None` if there is none.
    pub fn splice_counts(self, cx: &Ctx) -> Option<SpliceCounts> {
        let flow = cx.state(self.0)?.rare.as_ref()?.splicing.from.as_ref()?;
        Some(SpliceCounts {
            taken: flow.given + flow.in_pipe as u64 + flow.rest.len() as u64,
            given: flow.given,
        })
    }

    /// The loop came to this stream: whatever it is part of goes on.
    pub(super) fn run_splices(self, cx: &mut Ctx) {
        if !cx.state(self.0).is_some_and(StreamState::is_spliced) {
            return;
        }
        self.run_inflow(cx);
        let to = cx.state(self.0).and_then(StreamState::sink);
        if let Some(sink) = to.filter(|sink| *sink != self) {
            sink.run_inflow(cx);
        }
    }

    /// Gives the sink what is in the pipe. True if nothing is left of it.
    pub(super) fn run_pipe(self, cx: &mut Ctx) -> bool {
        self.with_inflow(cx, |cx, flow| flow.empty(cx, self))
            .unwrap_or(true)
    }

    /// Tells how it ended, if it did and there is nothing left to give.
    pub(super) fn report_spliced(self, cx: &mut Ctx) {
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        let from = state.rare.as_mut().map(|rare| &mut rare.splicing.from);
        let Some((flow, end)) = from
            .and_then(|from| from.take_if(|flow| flow.end.is_some() && flow.in_pipe == 0))
            .and_then(|flow| flow.end.map(|end| (flow, end)))
        else {
            return;
        };
        state.settle();
        // It fails only for a user who ended requests that were not theirs.
        let _ = cx.end_request();
        // They are gone whatever this says.
        let _ = (sys::close(flow.reader), sys::close(flow.writer));
        let _cause =
            emit!(Uv, "stream.splice_end" @ flow.source, bytes = flow.given, end = format!("{end:?}"))
                .map(trace::cause);
        let spliced = Spliced {
            end,
            bytes: flow.given,
            rest: Bytes::from(flow.rest),
        };
        (flow.done)(cx, flow.source, spliced);
    }

    /// The stream is being closed, or has failed: nothing more is taken from it, or for it.
    pub(super) fn stop_splices(self, cx: &mut Ctx, errno: Errno) {
        if let Some(sink) = cx.state(self.0).and_then(StreamState::sink) {
            sink.end_inflow(cx, SpliceEnd::Source(errno));
        }
        self.end_inflow(cx, SpliceEnd::Sink(errno));
    }

    /// The stream is closing: what it did not get is handed out.
    pub(super) fn cancel_splice(self, cx: &mut Ctx) {
        self.with_inflow(cx, |cx, flow| {
            if flow.in_pipe > 0 {
                flow.fail(cx, SpliceEnd::Sink(Errno::ECANCELED));
            }
        });
        self.report_spliced(cx);
    }

    fn end_inflow(self, cx: &mut Ctx, end: SpliceEnd) {
        self.with_inflow(cx, |cx, flow| flow.stop_taking(cx, end));
        // One that is closing is reported on in its closing phase.
        let _ = cx.feed(self.0);
    }

    fn run_inflow(self, cx: &mut Ctx) {
        self.with_inflow(cx, |cx, flow| flow.run(cx, self));
        if !cx.is_closing(self.0) {
            self.report_spliced(cx);
        }
    }

    /// Works on what flows into this stream, for which it leaves the state for a moment: no callback runs meanwhile. While something is on its way or to be
    /// told, that is a request.
    fn with_inflow<R>(
        self,
        cx: &mut Ctx,
        act: impl FnOnce(&mut Ctx, &mut Inflow) -> R,
    ) -> Option<R> {
        let rare = cx.state_mut(self.0)?.rare.as_mut()?;
        let mut flow = rare.splicing.from.take()?;
        let owed = flow.owes();
        let result = act(cx, &mut flow);
        match (owed, flow.owes()) {
            (false, true) => cx.begin_request(),
            // It fails only for a user who ended requests that were not theirs.
            (true, false) => drop(cx.end_request()),
            _ => {}
        }
        cx.state_mut(self.0)?.rare_mut().splicing.from = Some(flow);
        Some(result)
    }
}

impl Inflow {
    fn owes(&self) -> bool {
        self.in_pipe > 0 || self.end.is_some()
    }

    /// Takes and gives, within the budget.
    fn run(&mut self, cx: &mut Ctx, sink: Stream) {
        // If that leaves nothing, the sink has room, and is called itself for what it has of its own.
        if !self.empty(cx, sink) {
            return;
        }
        let turn = cx.metrics().turns;
        if self.spent.turn != turn {
            self.spent = Spent {
                turn,
                ..Spent::default()
            };
        }
        while self.end.is_none() && self.is_due(cx, sink) {
            let budgets = cx.budgets();
            if self.spent.reads >= budgets.reads || self.spent.bytes >= budgets.read_bytes {
                // More may be there, and nobody will say so again. A stream that is closing would not be spliced.
                let _ = cx.requeue(self.source.0);
                return;
            }
            self.fill(cx);
            if !self.empty(cx, sink) {
                return;
            }
        }
    }

    /// Whether something should be taken: there may be something to take, and the sink has room, and nothing to send before.
    fn is_due(&mut self, cx: &mut Ctx, sink: Stream) -> bool {
        let Some(parts) = cx.parts(sink.0) else {
            return false;
        };
        if parts.state.sending.check_open().is_err() {
            self.stop_taking(cx, SpliceEnd::Sink(Errno::EPIPE));
            return false;
        }
        let has_room = parts.ready.can_write();
        let is_free = parts.state.queue.is_drained();
        let is_stalled = !is_free && parts.state.queue.stalled;
        let Some(parts) = cx.parts(self.source.0) else {
            return false;
        };
        if !parts.ready.can_read() {
            return false;
        }
        if is_stalled && let Some(state) = cx.state_mut(sink.0) {
            // A write failed. To the next one this is as if another was made: each hears of the error itself, and then it is our turn.
            state.queue.stalled = false;
            let _ = cx.requeue(sink.0);
        }
        is_free && has_room
    }

    /// Takes from the source what the pipe, which is empty, holds.
    fn fill(&mut self, cx: &mut Ctx) {
        let Some(parts) = cx.parts(self.source.0) else {
            return;
        };
        let channel = parts.state.channel;
        let filled = match sys::splice(parts.fd, self.writer.as_fd(), PIPE_BYTES) {
            Ok(0) => Err(what_nothing_means(parts.fd, channel)),
            Err(Errno::EAGAIN) if parts.ready.contains(Ready::PRIORITY) => {
                Err(what_nothing_means(parts.fd, channel))
            }
            result => result,
        };
        match filled {
            Ok(count) => self.in_pipe = count,
            Err(Errno::EAGAIN) => parts.ready.would_block_reading(),
            Err(errno) if errno == Errno::EOF || is_unsupported(errno) => {}
            Err(_) => {
                parts.state.reader.end();
                parts.state.sending.fail();
            }
        }
        emit!(Uv, "stream.splice" @ self.source, result = filled);
        self.spent.reads += 1;
        self.spent.bytes += filled.unwrap_or(0);
        match filled {
            Ok(_) | Err(Errno::EAGAIN) => {}
            Err(Errno::EOF) => self.stop_taking(cx, SpliceEnd::Eof),
            Err(errno) if is_unsupported(errno) => {
                self.stop_taking(cx, SpliceEnd::Unsupported(errno));
            }
            Err(errno) => self.stop_taking(cx, SpliceEnd::Source(errno)),
        }
    }

    /// Gives the sink what is in the pipe. True if nothing is left.
    fn empty(&mut self, cx: &mut Ctx, sink: Stream) -> bool {
        for _ in 0..WRITES_PER_TURN {
            if self.in_pipe == 0 {
                return true;
            }
            let Some(parts) = cx.parts(sink.0) else {
                return false;
            };
            if !parts.ready.can_write() {
                return false;
            }
            let before = self.in_pipe;
            let sent = match sys::splice(self.reader.as_fd(), parts.fd, before) {
                // There was something in it. Whatever this means, copying does without.
                Ok(0) => Err(Errno::EINVAL),
                result => result,
            };
            if sent == Err(Errno::EAGAIN) {
                // Not after a short count, which may have other reasons than want of room.
                parts.ready.would_block_writing();
            }
            let count = sent.unwrap_or(0);
            self.in_pipe -= count;
            self.given += count as u64;
            emit!(Uv, "stream.spliced" @ sink, result = sent, queue = before => self.in_pipe);
            match sent {
                Ok(_) | Err(Errno::EAGAIN) => {}
                Err(errno) if is_unsupported(errno) => {
                    self.fail(cx, SpliceEnd::Unsupported(errno));
                }
                Err(errno) => self.fail(cx, SpliceEnd::Sink(errno)),
            }
        }
        // There is room still, but others want their turn, too. A stream that is closing needs no other.
        let _ = cx.requeue(sink.0);
        self.in_pipe == 0
    }

    /// The source is free.
    fn stop_taking(&mut self, cx: &mut Ctx, end: SpliceEnd) {
        if self.end.is_some() {
            return;
        }
        self.end = Some(end);
        if let Some(state) = cx.state_mut(self.source.0) {
            if let Some(rare) = &mut state.rare {
                rare.splicing.to = None;
            }
            state.settle();
        }
        // One that is gone is not active.
        let _ = cx.set_active(self.source.0, false);
    }

    /// What is in the pipe cannot be given to the sink: the user gets it.
    fn fail(&mut self, cx: &mut Ctx, end: SpliceEnd) {
        self.stop_taking(cx, end);
        self.end = Some(end);
        self.rest.resize(self.in_pipe, 0);
        let mut got = 0;
        while got < self.in_pipe {
            match sys::read(self.reader.as_fd(), &mut self.rest[got..]) {
                Ok(count) if count > 0 => got += count,
                // It is there, and a pipe of ours.
                _ => break,
            }
        }
        self.rest.truncate(got);
        self.in_pipe = 0;
    }
}

impl fmt::Debug for Inflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflow")
            .field("source", &self.source)
            .field("in_pipe", &self.in_pipe)
            .field("given", &self.given)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}
