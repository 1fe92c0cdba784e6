//! A pipe between two uv streams, through the kernel alone. To everybody else it is as if the bytes had been read and written.

use bytes::Bytes;
use uvox_loop::{Ctx, Errno};

use super::{PipeEnd, StreamPipe};
use crate::node::base::StreamBase;
use crate::uv::{ReadBuffer, SpliceCounts, SpliceEnd, Spliced, Stream};

impl StreamPipe {
    /// Lets the bytes go through the kernel, if they may and it can. False if they must be copied.
    pub(super) fn try_splice(self, cx: &mut Ctx) -> bool {
        let Some(state) = cx.state(self.0) else {
            return false;
        };
        let (source, sink) = (state.source, state.sink);
        if !state.options.splice || state.is_pulled || state.splicing {
            return false;
        }
        let is_top = source.current_reader(cx) == state.readable;
        let is_free = source.splice_to(cx).is_none() && sink.splice_from(cx).is_none();
        let (Some(from), Some(to)) = (source.uv_stream(cx), sink.uv_stream(cx)) else {
            return false;
        };
        if !is_top || !is_free || from.is_reading(cx) && from.read_stop(cx).is_err() {
            return false;
        }
        let spliced = from.splice_to(cx, to, move |cx, _, spliced| self.spliced(cx, spliced));
        if spliced.is_err() {
            return false;
        }
        if let Some(state) = cx.state_mut(self.0) {
            state.splicing = true;
        }
        self.mark(cx, Some(self));
        true
    }

    /// Lets both streams know, or forget, that their bytes go through this pipe uncounted.
    fn mark(self, cx: &mut Ctx, pipe: Option<StreamPipe>) {
        let Some(state) = cx.state(self.0) else {
            return;
        };
        let (source, sink) = (state.source, state.sink);
        if let Some(resource) = source.resource(cx) {
            resource.splice_to = pipe;
        }
        if let Some(resource) = sink.resource(cx) {
            resource.splice_from = pipe;
        }
    }

    /// How far it has come that way, this time.
    pub(in crate::node) fn splice_counts(self, cx: &Ctx) -> SpliceCounts {
        let state = cx.state(self.0).filter(|state| state.splicing);
        let sink = state.and_then(|state| state.sink.uv_stream(cx));
        sink.and_then(|sink| sink.splice_counts(cx))
            .unwrap_or_default()
    }

    /// Nothing more goes through the kernel. If the source is to go on, it is read from now on, unless it would have been stopped by now, because something
    /// waits for room. Says whether it is.
    pub(super) fn stop_splicing(self, cx: &mut Ctx, goes_on: bool) -> bool {
        let Some(stream) = self.spliced_stream(cx) else {
            return false;
        };
        let counts = self.splice_counts(cx);
        // It is there.
        let _ = stream.splice_stop(cx);
        let source = self.source(cx);
        goes_on
            && counts.taken == counts.given
            && source.is_some_and(|source| source.read_start(cx).is_ok())
    }

    /// The stream from which bytes are taken right now.
    fn spliced_stream(self, cx: &Ctx) -> Option<Stream> {
        let state = cx.state(self.0).filter(|state| state.splicing)?;
        let stream = state.source.uv_stream(cx)?;
        stream.is_splicing(cx).then_some(stream)
    }

    /// A listener was pushed that wants to hear what the source reads: from now on the bytes are copied.
    pub(in crate::node) fn make_way(self, cx: &mut Ctx) {
        if self.spliced_stream(cx).is_none() {
            return;
        }
        let reading = self.stop_splicing(cx, true);
        if let Some(state) = cx.state_mut(self.0) {
            state.options.splice = false;
            state.reading = reading;
        }
    }

    /// It is over, this time.
    fn spliced(self, cx: &mut Ctx, spliced: Spliced) {
        let Spliced { end, bytes, rest } = spliced;
        self.mark(cx, None);
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        state.splicing = false;
        // What is left over is written once more, or else it was a part of a write that failed.
        let is_left = matches!(end, SpliceEnd::Unsupported(_));
        let taken = bytes + rest.len() as u64;
        let given = if is_left { bytes } else { taken };
        state.bytes += bytes;
        let (source, sink) = (state.source, state.sink);
        if let Some(resource) = source.resource(cx) {
            resource.bytes_read += taken;
        }
        if let Some(resource) = sink.resource(cx) {
            resource.bytes_written += given;
        }
        match end {
            SpliceEnd::Eof => self.tell_end(cx, source, Errno::EOF),
            // One that was closed is destroyed next, and that is told then.
            SpliceEnd::Source(_) if source.is_closing(cx) => {}
            SpliceEnd::Source(errno) => self.tell_end(cx, source, errno),
            SpliceEnd::Sink(errno) => self.close(cx, PipeEnd::Sink(errno)),
            SpliceEnd::Stopped => self.go_on(cx),
            SpliceEnd::Unsupported(_) => self.copy_from_now_on(cx, rest),
        }
        self.end_if_over(cx);
        self.finish(cx);
    }

    fn copy_from_now_on(self, cx: &mut Ctx, rest: Bytes) {
        if let Some(state) = cx.state_mut(self.0) {
            state.options.splice = false;
            state.reading = false;
        }
        if rest.is_empty() {
            self.go_on(cx);
        } else {
            self.process_data(cx, rest);
        }
    }

    /// The source's listeners hear of its end, the pipe's own first.
    fn tell_end(self, cx: &mut Ctx, source: StreamBase, errno: Errno) {
        source.emit_read(cx, ReadBuffer::Lent(&[]), Err(errno));
    }
}
