//! The two listeners of a pipe: one hears what its source reads, the other what becomes of its sink's writes.

use bytes::Bytes;
use uvox_loop::{Ctx, Errno};

use super::{PipeEnd, StreamPipe};
use crate::node::listener::StreamListener;
use crate::node::request::{ShutdownWrap, WriteWrap};
use crate::node::resource::Link;
use crate::uv::ReadBuffer;

/// Listens to the source (`StreamPipe::ReadableListener`).
pub(super) struct Readable(pub(super) StreamPipe);

/// Listens to the sink (`StreamPipe::WritableListener`).
pub(super) struct Writable(pub(super) StreamPipe);

impl StreamListener for Readable {
    /// One that can be handed over to the sink.
    fn on_alloc(&mut self, cx: &mut Ctx, _: Link, suggested: usize) -> Option<Vec<u8>> {
        let state = cx.state_mut(self.0.0)?;
        let mut buffer = state.spare.take().unwrap_or_default();
        buffer.resize(suggested.min(state.wanted), 0);
        Some(buffer)
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        let count = match result {
            Ok(count) => count,
            Err(errno) => return self.0.source_ended(cx, at, errno),
        };
        let bytes = match buffer {
            ReadBuffer::Own(mut buffer) => {
                if count == 0 {
                    if let Some(state) = cx.state_mut(self.0.0) {
                        state.spare = Some(buffer);
                    }
                    return;
                }
                buffer.truncate(count);
                Bytes::from(buffer)
            }
            // Whoever passes this on was not given a buffer.
            ReadBuffer::Lent(bytes) => Bytes::copy_from_slice(bytes.get(..count).unwrap_or(bytes)),
        };
        if !bytes.is_empty() {
            self.0.process_data(cx, bytes);
        }
    }

    fn on_destroy(&mut self, cx: &mut Ctx, at: Link) {
        let has_ended = |state: &super::PipeState| state.source_end.is_some();
        if !cx.state(self.0.0).is_none_or(has_ended) {
            self.0.source_ended(cx, at, Errno::EPIPE);
        }
    }
}

impl StreamListener for Writable {
    fn hears_data(&self) -> bool {
        false
    }

    /// What the sink reads is for others.
    fn on_alloc(&mut self, cx: &mut Ctx, at: Link, suggested: usize) -> Option<Vec<u8>> {
        at.pass_alloc(cx, suggested)
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        at.pass_read(cx, buffer, result);
    }

    fn on_after_write(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: WriteWrap,
        status: Result<(), Errno>,
    ) {
        let id = wrap.id();
        let is_ours = |state: &super::PipeState| state.pending.contains(&id);
        if cx.state(self.0.0).is_some_and(is_ours) {
            self.0.after_write(cx, id, status);
        } else {
            at.pass_after_write(cx, wrap, status);
        }
    }

    fn on_after_shutdown(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        self.0.close(cx, PipeEnd::Sink(Errno::EPIPE));
        at.pass_after_shutdown(cx, wrap, status);
    }

    fn on_wants_write(&mut self, cx: &mut Ctx, _: Link, suggested: usize) {
        // A source that cannot be read is one that has ended, and will say so.
        let _ = self.0.want(cx, suggested);
    }

    fn on_destroy(&mut self, cx: &mut Ctx, _: Link) {
        if let Some(state) = cx.state_mut(self.0.0) {
            // Whoever destroys a sink has told of its writes before, or never will.
            state.pending.clear();
        }
        self.0.close(cx, PipeEnd::Sink(Errno::ECANCELED));
        self.0.finish(cx);
    }
}
