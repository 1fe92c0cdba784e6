//! The listeners that every stream comes with.

use std::fmt;

use uvox_loop::{Ctx, Errno};

use super::base::{BaseState, StreamBase};
use super::listener::StreamListener;
use super::request::{ShutdownWrap, WriteWrap};
use super::resource::Link;
use crate::uv::ReadBuffer;

/// Completes the requests: whoever made the write or the shutdown hears that it is over (`ReportWritesToJSStreamListener`). The other two have this
/// in them; for reading, it is transparent.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportWrites;

/// What lies at the bottom of every chain: completes the requests, and passes data to the callback that was set by
/// [`StreamBase::set_on_read`] (`EmitToJSStreamListener`).
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportUpward;

/// Reads into the user's own buffer: what [`StreamBase::use_user_buffer`] pushes (`CustomBufferJSListener`). It stays the user's: what a listener above
/// passes on that was read into another one is copied into it, as much at once as it holds.
pub struct CustomBuffer {
    /// Absent while a read has it.
    buffer: Option<Vec<u8>>,
    /// How long it is, should it not come back.
    size: usize,
    on_read: Box<OnReadInto>,
}

type OnReadInto = dyn FnMut(&mut Ctx, StreamBase, &mut Vec<u8>, Result<usize, Errno>);

impl StreamListener for ReportWrites {
    fn hears_data(&self) -> bool {
        false
    }

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
        _: Link,
        wrap: WriteWrap,
        status: Result<(), Errno>,
    ) {
        wrap.complete(cx, status);
    }

    fn on_after_shutdown(
        &mut self,
        cx: &mut Ctx,
        _: Link,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        wrap.complete(cx, status);
    }
}

impl ReportUpward {
    /// What the layer above is told of a read; nothing of one that found nothing.
    #[inline]
    pub(super) fn told(
        buffer: &[u8],
        result: Result<usize, Errno>,
    ) -> Option<Result<&[u8], Errno>> {
        match result {
            Ok(0) => None,
            // One that lies is not believed.
            Ok(count) => Some(Ok(buffer.get(..count).unwrap_or(buffer))),
            Err(errno) => Some(Err(errno)),
        }
    }
}

impl StreamListener for ReportUpward {
    /// The loop's own: the callback sees the bytes, and copies what it keeps.
    fn on_alloc(&mut self, _: &mut Ctx, _: Link, _: usize) -> Option<Vec<u8>> {
        None
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        let Some(data) = ReportUpward::told(&buffer, result) else {
            return;
        };
        let stream = at.stream();
        if let Some(hearer) = cx.state_mut(stream.0).and_then(BaseState::take_hearer) {
            stream.tell(cx, hearer, data);
        }
    }

    fn on_after_write(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: WriteWrap,
        status: Result<(), Errno>,
    ) {
        ReportWrites.on_after_write(cx, at, wrap, status);
    }

    fn on_after_shutdown(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        ReportWrites.on_after_shutdown(cx, at, wrap, status);
    }
}

impl CustomBuffer {
    /// Reads go into `buffer`, and `on_read` hears of them: see [`StreamBase::use_user_buffer`].
    pub fn new(
        buffer: Vec<u8>,
        on_read: impl FnMut(&mut Ctx, StreamBase, &mut Vec<u8>, Result<usize, Errno>) + 'static,
    ) -> CustomBuffer {
        CustomBuffer {
            size: buffer.len(),
            buffer: Some(buffer),
            on_read: Box::new(on_read),
        }
    }

    fn tell(&mut self, cx: &mut Ctx, at: Link, mut buffer: Vec<u8>, result: Result<usize, Errno>) {
        (self.on_read)(cx, at.stream(), &mut buffer, result);
        self.size = buffer.len();
        self.buffer = Some(buffer);
    }

    /// Tells of bytes that were not read into the user's buffer, as much at once as it holds.
    fn tell_copied(&mut self, cx: &mut Ctx, at: Link, own: Vec<u8>, mut bytes: &[u8]) {
        self.buffer = Some(own);
        while let Some(mut own) = self.buffer.take() {
            let count = bytes.len().min(own.len());
            let (now, later) = bytes.split_at(count);
            own[..count].copy_from_slice(now);
            let has_no_room = own.is_empty() && !bytes.is_empty();
            let result = if has_no_room {
                Err(Errno::ENOBUFS)
            } else {
                Ok(count)
            };
            self.tell(cx, at, own, result);
            bytes = later;
            // Who was told that there is no room, and made none, does not want the rest; nor does who closed the stream.
            let is_over = bytes.is_empty() || has_no_room && self.size == 0;
            if is_over || at.stream().is_closing(cx) {
                return;
            }
            if !at.is_in_chain(cx) {
                return at.pass_read(cx, ReadBuffer::Lent(bytes), Ok(bytes.len()));
            }
        }
    }
}

impl StreamListener for CustomBuffer {
    fn on_alloc(&mut self, _: &mut Ctx, _: Link, _: usize) -> Option<Vec<u8>> {
        // It did not come back if another listener kept it, or the reading was stopped before the read.
        let buffer = self.buffer.take();
        Some(buffer.unwrap_or_else(|| vec![0; self.size]))
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        match (buffer, self.buffer.take()) {
            (ReadBuffer::Own(buffer), None) => self.tell(cx, at, buffer, result),
            // Another listener gave a buffer of its own, or none, and passes on what was read into that.
            (foreign, own) => {
                let own = own.unwrap_or_else(|| vec![0; self.size]);
                match result {
                    Ok(count) => {
                        let bytes = foreign.get(..count).unwrap_or(&foreign);
                        self.tell_copied(cx, at, own, bytes);
                    }
                    Err(_) => self.tell(cx, at, own, result),
                }
            }
        }
    }

    fn on_after_write(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: WriteWrap,
        status: Result<(), Errno>,
    ) {
        ReportWrites.on_after_write(cx, at, wrap, status);
    }

    fn on_after_shutdown(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        ReportWrites.on_after_shutdown(cx, at, wrap, status);
    }
}

impl fmt::Debug for CustomBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomBuffer")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
