//! A stream base on a uv stream (`LibuvStreamWrap`, `stream_wrap.cc`).

use std::io::IoSlice;
use std::ops::Deref;
use std::os::fd::RawFd;

use uvox_loop::{Ctx, Errno, Handle, Key};

use super::base::StreamBase;
use super::handle_wrap::HandleWrap;
use super::methods::{Pieces, StreamMethods};
use super::request::{ShutdownWrap, WriteWrap};
use crate::uv::{Stream, StreamState, Written};

/// A [`StreamBase`] on a uv [`Stream`], of whatever kind (`LibuvStreamWrap`). It derefs to the base; what it adds is the stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LibuvStreamWrap(StreamBase);

impl LibuvStreamWrap {
    /// Wraps a stream. From now on the stream is used through the wrap, and closing the one closes the other: when the
    /// stream is closed as a handle, by [`Ctx::walk`] say, the wrap is destroyed in the closing phase after that.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EBUSY` if it is wrapped already.
    #[track_caller]
    pub fn new(cx: &mut Ctx, stream: Stream) -> Result<LibuvStreamWrap, Errno> {
        let base = StreamBase::new(cx, &Methods, stream.into());
        if let Err(errno) = stream.set_owner(cx, base.0) {
            cx.discard(base.0)?;
            return Err(errno);
        }
        Ok(LibuvStreamWrap(base))
    }

    /// The uv stream (`stream()`), until its close callback.
    pub fn stream(self, cx: &Ctx) -> Option<Stream> {
        let stream = stream(self.0.below(cx)?.key);
        self.0.is_alive(cx).then_some(stream)
    }
}

impl HandleWrap for LibuvStreamWrap {
    fn stream_base(self) -> StreamBase {
        self.0
    }
}

impl Deref for LibuvStreamWrap {
    type Target = StreamBase;

    fn deref(&self) -> &StreamBase {
        &self.0
    }
}

/// What a stream base asks of a uv stream.
struct Methods;

fn stream(below: Key) -> Stream {
    Stream::from_key(below)
}

impl StreamMethods for Methods {
    /// With `OnUvAlloc` and `OnUvRead`.
    fn read_start(&self, cx: &mut Ctx, base: StreamBase, below: Key) -> Result<(), Errno> {
        stream(below).read_start_into(
            cx,
            move |cx, _, suggested| base.emit_alloc(cx, suggested),
            move |cx, _, buffer, result| base.emit_read(cx, buffer, result),
        )
    }

    fn read_stop(&self, cx: &mut Ctx, _: StreamBase, below: Key) -> Result<(), Errno> {
        stream(below).read_stop(cx)
    }

    fn try_write(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        pieces: &[IoSlice<'_>],
    ) -> Result<usize, Errno> {
        stream(below).try_writev(cx, pieces)
    }

    /// With `AfterUvWrite`.
    fn write(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        pieces: Pieces<'_>,
        wrap: WriteWrap,
    ) -> Result<(), Errno> {
        let after = |cx: &mut Ctx, _: Stream, written: Written| wrap.done(cx, written.status);
        match pieces {
            Pieces::Lent(pieces) => stream(below).writev(cx, pieces, after),
            Pieces::Own(pieces) => stream(below).write_bytes(cx, pieces, after),
        }
        .map(|_| ())
    }

    /// With `AfterUvShutdown`.
    fn shutdown(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        wrap: ShutdownWrap,
    ) -> Result<(), Errno> {
        stream(below).shutdown(cx, |cx, _, status| wrap.done(cx, status))
    }

    fn get_fd(&self, cx: &Ctx, _: StreamBase, below: Key) -> Option<RawFd> {
        cx.info(below)?.fd
    }

    fn is_alive(&self, cx: &Ctx, _: StreamBase, below: Key) -> bool {
        cx.state(Handle::<StreamState>::from_key(below)).is_some()
    }

    fn write_queue_size(&self, cx: &Ctx, _: StreamBase, below: Key) -> usize {
        stream(below).write_queue_size(cx)
    }
}
