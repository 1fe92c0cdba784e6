//! A pipe from one stream base to another (`StreamPipe`, `stream_pipe.cc`).

mod kernel;
mod listeners;

use std::fmt;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, State, emit, trace};

use self::listeners::{Readable, Writable};
use super::base::StreamBase;
use super::request::WriteId;
use super::resource::Link;
use crate::uv::ReadBuffer;

/// A pipe: what is read from its source is written to its sink, until either ends (`StreamPipe`). It is a name, and can be copied freely; when the pipe is
/// closed and has nothing more to do with the sink, it resolves to nothing.
///
/// # Contract
///
/// - Two listeners do it all, one at each stream, from [`new`](StreamPipe::new) until it is closed. So data comes to those that were there before only when the
///   pipe is closed; what else happens to the streams, they hear as before. A write to the sink that is not the pipe's is none of its business.
/// - The source is read as long as the sink takes what is read at once. While a write waits, it is not.
/// - At the source's end, or with its error, the listeners below hear of it; then the sink is shut down, after what is queued, unless
///   [that is not wanted](PipeOptions::end), and the pipe is closed.
/// - If the sink fails, is shut down or destroyed, the pipe is closed, and the source is not read any more.
/// - When the pipe is closed, `on_unpipe` is called, once, from the loop.
///
/// # Through the kernel
///
/// If both streams are [wraps](super::LibuvStreamWrap) of uv streams, and no listener but the pipe's is to hear the data, the bytes are
/// [spliced](crate::uv::Stream::splice_to): they do not come into this process. Whoever looks on finds no difference, but for the pieces in which
/// it happens. When a listener is pushed that wants the data, or the kernel cannot, the pipe goes on by copying, and has lost nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamPipe(Handle<PipeState>);

/// What a pipe does and does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipeOptions {
    /// Whether the end of the source is the end of the sink, as it always is in Node.
    pub end: bool,
    /// Whether bytes may go through the kernel alone.
    pub splice: bool,
}

impl Default for PipeOptions {
    fn default() -> PipeOptions {
        PipeOptions {
            end: true,
            splice: true,
        }
    }
}

/// Why a pipe was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeEnd {
    /// The source came to its end.
    Eof,
    /// By [`StreamPipe::unpipe`].
    Unpiped,
    /// Reading the source failed; `EPIPE` if it was closed.
    Source(Errno),
    /// Writing to the sink failed; `EPIPE` if it was shut down, `ECANCELED` if it was closed.
    Sink(Errno),
}

/// What became of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piped {
    /// Why it was closed.
    pub end: PipeEnd,
    /// How many bytes the sink got, or has queued.
    pub bytes: u64,
}

type OnUnpipe = Box<dyn FnOnce(&mut Ctx, StreamPipe, Piped)>;

/// The state behind a [`StreamPipe`].
pub struct PipeState {
    source: StreamBase,
    sink: StreamBase,
    readable: Option<Link>,
    writable: Option<Link>,
    options: PipeOptions,
    /// Whether the sink says when it wants data (`uses_wants_write_`).
    is_pulled: bool,
    /// Whether the source is read, as far as the pipe is concerned (`is_reading_`).
    reading: bool,
    /// The source has ended, and how (`is_eof_`).
    source_end: Option<PipeEnd>,
    /// Why it is closed; `None` while it is not (`is_closed_`).
    end: Option<PipeEnd>,
    /// Whether bytes go through the kernel, or are still on their way there.
    splicing: bool,
    /// How much the sink wants at once (`wanted_data_`).
    wanted: usize,
    /// The pipe's own writes that are queued (`pending_writes_`).
    pending: Vec<WriteId>,
    bytes: u64,
    /// The buffer of the last read, for the next.
    spare: Option<Vec<u8>>,
    on_unpipe: Option<OnUnpipe>,
}

static PIPE: Kind<PipeState> = Kind::new("stream pipe").on_fed(on_fed);

impl State for PipeState {
    const KIND: &'static Kind<PipeState> = &PIPE;
}

/// How much is read at once, if the sink does not say.
const WANTED: usize = Ctx::SCRATCH_SIZE;

impl StreamPipe {
    /// Puts a pipe between two streams, which may be the same (`New`). Nothing is read before [`start`](StreamPipe::start). `on_unpipe` is called when it is
    /// closed, whyever.
    ///
    /// # Errors
    ///
    /// As [`StreamBase::push_listener`].
    #[track_caller]
    pub fn new(
        cx: &mut Ctx,
        source: StreamBase,
        sink: StreamBase,
        options: PipeOptions,
        on_unpipe: impl FnOnce(&mut Ctx, StreamPipe, Piped) + 'static,
    ) -> Result<StreamPipe, Errno> {
        source.resolve(cx)?;
        let below = sink.resolve(cx)?;
        let pipe = StreamPipe(cx.insert(PipeState {
            source,
            sink,
            readable: None,
            writable: None,
            options,
            is_pulled: below.methods.has_wants_write(),
            reading: false,
            source_end: None,
            end: None,
            splicing: false,
            wanted: WANTED,
            pending: Vec::new(),
            bytes: 0,
            spare: None,
            on_unpipe: Some(Box::new(on_unpipe)),
        }));
        // It ends with the streams, and no sooner than it has told so.
        cx.set_internal(pipe.0)?;
        let readable = source.push_listener(cx, Readable(pipe))?;
        let writable = sink.push_listener(cx, Writable(pipe))?;
        emit!(Base, "base.pipe" @ pipe.0, source = format!("{source:?}"), sink = format!("{sink:?}"));
        let state = cx.state_mut(pipe.0).ok_or(Errno::EBADF)?;
        (state.readable, state.writable) = (Some(readable), Some(writable));
        Ok(pipe)
    }

    /// Begins to read (`Start`). Doing so again changes nothing, unless it failed before.
    ///
    /// # Errors
    ///
    /// `EBADF` if the pipe is gone, `EINVAL` if it is closed, and as [`StreamBase::read_start`], but for a source that is read already.
    pub fn start(self, cx: &mut Ctx) -> Result<(), Errno> {
        if self.is_closed(cx) {
            cx.state(self.0).ok_or(Errno::EBADF)?;
            return Err(Errno::EINVAL);
        }
        self.want(cx, WANTED)
    }

    /// Closes the pipe, at once: what is read from the source from now on goes to the listeners that were there before (`Unpipe`). The source goes on
    /// reading, unless the pipe has stopped it because a write waits. What was read still goes to the sink. On one that is closed this does nothing.
    pub fn unpipe(self, cx: &mut Ctx) {
        self.close(cx, PipeEnd::Unpiped);
    }

    /// Whether it is closed, or gone (`IsClosed`).
    pub fn is_closed(self, cx: &Ctx) -> bool {
        cx.state(self.0).is_none_or(|state| state.end.is_some())
    }

    /// Whether the bytes go through the kernel alone, right now.
    pub fn is_spliced(self, cx: &Ctx) -> bool {
        cx.state(self.0).is_some_and(|state| state.splicing)
    }

    /// How many of its writes wait to be sent (`PendingWrites`); what is on its way through the kernel is one.
    pub fn pending_writes(self, cx: &Ctx) -> usize {
        let Some(state) = cx.state(self.0) else {
            return 0;
        };
        let counts = self.splice_counts(cx);
        state.pending.len() + usize::from(counts.taken > counts.given)
    }

    /// How many bytes the sink got, or has queued. None when the pipe is gone.
    pub fn bytes(self, cx: &Ctx) -> Option<u64> {
        Some(cx.state(self.0)?.bytes + self.splice_counts(cx).taken)
    }

    /// The stream that is read from; `None` when the pipe is gone.
    pub fn source(self, cx: &Ctx) -> Option<StreamBase> {
        Some(cx.state(self.0)?.source)
    }

    /// The stream that is written to; `None` when the pipe is gone.
    pub fn sink(self, cx: &Ctx) -> Option<StreamBase> {
        Some(cx.state(self.0)?.sink)
    }

    /// The sink could take about that much: the source is read, if it is not.
    fn want(self, cx: &mut Ctx, size: usize) -> Result<(), Errno> {
        let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
        state.wanted = size.max(1);
        if state.reading || state.end.is_some() || state.source_end.is_some() {
            return Ok(());
        }
        let source = state.source;
        if !self.try_splice(cx) {
            match source.read_start(cx) {
                Ok(()) | Err(Errno::EALREADY) => {}
                failed => return failed,
            }
        }
        cx.state_mut(self.0).ok_or(Errno::EBADF)?.reading = true;
        Ok(())
    }

    /// The sink has room: goes on, unless it says so itself.
    fn go_on(self, cx: &mut Ctx) {
        let is_next = |state: &PipeState| !state.is_pulled && state.pending.is_empty();
        if cx.state(self.0).is_some_and(is_next) {
            // A source that cannot be read is one that has ended, and will say so.
            let _ = self.want(cx, WANTED);
        }
    }

    /// Writes what was read (`ProcessData`).
    fn process_data(self, cx: &mut Ctx, bytes: Bytes) {
        let Some(state) = cx.state(self.0) else {
            return;
        };
        let (source, sink) = (state.source, state.sink);
        let written = sink.write_bytes(cx, bytes.clone(), |_, _, _| ());
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        if let Some(errno) = written.err {
            return self.close(cx, PipeEnd::Sink(errno));
        }
        state.bytes += bytes.len() as u64;
        if let Some(id) = written.wrap {
            state.pending.push(id);
            if state.end.is_none() {
                state.reading = false;
                // One that is gone does not read.
                let _ = source.read_stop(cx);
            }
            return;
        }
        // The next read takes the same buffer.
        state.spare = bytes.try_into_mut().ok().map(Vec::from);
        self.go_on(cx);
    }

    /// One of the pipe's own writes is over (`OnStreamAfterWrite`).
    fn after_write(self, cx: &mut Ctx, id: WriteId, status: Result<(), Errno>) {
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        state.pending.retain(|pending| *pending != id);
        if state.end.is_some() {
            self.finish(cx);
        } else if let Some(end) = state.source_end {
            self.end_sink(cx);
            self.close(cx, end);
        } else if let Err(errno) = status {
            self.close(cx, PipeEnd::Sink(errno));
        } else {
            self.go_on(cx);
        }
    }

    /// The source has ended or failed. `at` is where the listeners below begin, who hear of it first.
    fn source_ended(self, cx: &mut Ctx, at: Link, errno: Errno) {
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        let end = match errno {
            Errno::EOF => PipeEnd::Eof,
            errno => PipeEnd::Source(errno),
        };
        state.source_end = Some(end);
        state.reading = false;
        // One that is gone does not read.
        let _ = state.source.read_stop(cx);
        at.pass_read(cx, ReadBuffer::Lent(&[]), Err(errno));
        if self.pending_writes(cx) == 0 {
            self.end_sink(cx);
            self.close(cx, end);
        }
    }

    /// What was on its way when the source ended has arrived.
    fn end_if_over(self, cx: &mut Ctx) {
        let Some(state) = cx.state(self.0) else {
            return;
        };
        if let (Some(end), None) = (state.source_end, state.end)
            && self.pending_writes(cx) == 0
        {
            self.end_sink(cx);
            self.close(cx, end);
        }
    }

    /// Shuts the sink down, after what is queued, if that is wanted (`ShutdownWritable`).
    fn end_sink(self, cx: &mut Ctx) {
        if let Some(state) = cx.state(self.0)
            && state.options.end
        {
            // If it cannot be shut down any more, that is as well.
            let _ = state.sink.shutdown(cx, |_, _, _| ());
        }
    }

    /// Takes the listeners out; the rest is for the loop (`Unpipe`).
    fn close(self, cx: &mut Ctx, end: PipeEnd) {
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        if state.end.is_some() {
            return;
        }
        state.end = Some(end);
        state.spare = None;
        let was_reading = std::mem::take(&mut state.reading);
        let (source, readable) = (state.source, state.readable);
        emit!(Base, "base.unpipe" @ self.0, end = format!("{end:?}"));
        // One that is not there any more was removed with its stream.
        let _ = readable.map(|link| link.remove(cx));
        if was_reading {
            let goes_on = end == PipeEnd::Unpiped;
            self.stop_splicing(cx, goes_on);
            if !goes_on {
                let _ = source.read_stop(cx);
            }
        }
        // It is told in any case.
        let _ = cx.feed(self.0);
    }

    /// The pipe is closed: when it has told so, and none of its writes waits any more, it is gone.
    fn finish(self, cx: &mut Ctx) {
        let Some(state) = cx.state(self.0) else {
            return;
        };
        if state.end.is_none() || !state.pending.is_empty() {
            return;
        }
        let (writable, is_over) = (state.writable, state.on_unpipe.is_none() && !state.splicing);
        let _ = writable.map(|link| link.remove(cx));
        if is_over {
            // It may be closing already.
            let _ = cx.close(self.0, |_| ());
        }
    }
}

/// Tells that a pipe is closed.
fn on_fed(cx: &mut Ctx, key: Key) {
    let pipe = StreamPipe(Handle::from_key(key));
    let bytes = pipe.bytes(cx).unwrap_or(0);
    let Some(state) = cx.state_mut(pipe.0) else {
        return;
    };
    if let Some(end) = state.end
        && let Some(on_unpipe) = state.on_unpipe.take()
    {
        let _cause = emit!(Base, "base.unpiped" @ pipe.0, bytes = bytes).map(trace::cause);
        on_unpipe(cx, pipe, Piped { end, bytes });
    }
    pipe.finish(cx);
}

impl fmt::Debug for StreamPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamPipe({})", self.0.key())
    }
}

impl fmt::Debug for PipeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeState")
            .field("source", &self.source)
            .field("sink", &self.sink)
            .field("reading", &self.reading)
            .field("pending", &self.pending.len())
            .field("splicing", &self.splicing)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}
