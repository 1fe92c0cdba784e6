//! A stream base on a uv stream (`LibuvStreamWrap`, `stream_wrap.cc`).

use std::io::IoSlice;
use std::ops::Deref;
use std::os::fd::{AsRawFd, RawFd};

use uvox_loop::sys::DescriptorKind;
use uvox_loop::trace::{self, Outcome};
use uvox_loop::{Ctx, Errno, Handle, Key, emit};

use super::base::StreamBase;
use super::connection_wrap::ConnectionWrap;
use super::handle_wrap::HandleWrap;
use super::methods::{Pieces, Sent, StreamMethods};
use super::request::{ShutdownWrap, WriteWrap};
use super::write::StreamWriteResult;
use crate::uv::{Owns, Passed, ReadBuffer, Stream, StreamState, Written};

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
        if let Err(errno) = stream.set_owner(cx, base.0, &Upward) {
            cx.discard(base.0)?;
            return Err(errno);
        }
        Ok(LibuvStreamWrap(base))
    }

    /// Wraps a stream that was made just now, so that nothing can stand in the way. For the crates that make wraps: one that cannot be wrapped after all
    /// gives a wrap that closes at once.
    #[track_caller]
    pub fn on_new(cx: &mut Ctx, stream: Stream, provider: &'static str) -> LibuvStreamWrap {
        let base = StreamBase::new(cx, &Methods, stream.into());
        base.set_provider_type(cx, provider);
        if stream.set_owner(cx, base.0, &Upward).is_err() {
            base.destroy(cx);
        }
        LibuvStreamWrap(base)
    }

    /// The wrap that stands on that base. If there is none, or it stands on something else, it is as one whose stream is gone.
    pub fn from_base(base: StreamBase) -> LibuvStreamWrap {
        LibuvStreamWrap(base)
    }

    /// The uv stream (`stream()`), until its close callback.
    pub fn stream(self, cx: &Ctx) -> Option<Stream> {
        let stream = stream(self.0.below(cx)?.key);
        self.0.is_alive(cx).then_some(stream)
    }

    /// Writes bytes and passes descriptors along with them, on a pipe that was [made for it](Stream::pass_descriptors) (`Write` with a `send_handle`, which
    /// `writeBuffer` gives it). It is not tried at once, as far as the caller sees: the write is asynchronous whenever it does not fail here.
    ///
    /// The result has the errors of [`Stream::write2`].
    pub fn write2<'a>(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        descriptors: impl IntoIterator<Item = Passed<'a>>,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let _cause = emit!(Base, "base.write" @ self.0.0, bytes = bytes.len(), passes = true)
            .map(trace::cause);
        if let Err(errno) = self.0.resolve(cx) {
            emit!(Base, "base.write.failed" @ self.0.0, result = Outcome::Failed(errno));
            return StreamWriteResult::failed(errno, 0);
        }
        if let Some(resource) = self.0.resource(cx) {
            resource.bytes_written += bytes.len() as u64;
        }
        self.0.dispatch(
            cx,
            0,
            bytes.len(),
            Box::new(oncomplete),
            |cx, below, wrap| {
                let after = |cx: &mut Ctx, _: Stream, written: Written| {
                    wrap.done(cx, written.status);
                };
                let written = stream(below.key).write2(cx, bytes, descriptors, after);
                written.map(|_| ())
            },
        )
    }

    /// Writes bytes and passes a handle along with them: the descriptor below another wrap, which may be closed as soon as this returns
    /// (`WriteBuffer` with a `sendHandle`). Else as [`write2`](LibuvStreamWrap::write2).
    pub fn write_handle(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        send_handle: impl HandleWrap,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        match send_handle.stream_base().handle(cx) {
            Some(key) => self.write2(cx, bytes, [Passed::Handle(key)], oncomplete),
            None => StreamWriteResult::failed(Errno::EINVAL, bytes.len()),
        }
    }

    /// What the handle is that was received first and not accepted yet, if there is one (`uv_pipe_pending_type`): what a reader asks when it gets
    /// bytes.
    pub fn pending_type(self, cx: &Ctx) -> Option<DescriptorKind> {
        self.stream(cx)?.pending_type(cx)
    }

    /// Makes a wrap of the handle that was received first (`AcceptHandle`): of which type, who asks says, by what [it is](LibuvStreamWrap::pending_type).
    /// `None` if none waits. Those that nobody accepts wait, up to a [number](crate::uv::PENDING_DESCRIPTORS_MAX), and are closed with the wrap.
    ///
    /// # Errors
    ///
    /// `EINVAL` if it cannot become a wrap of that type: it goes on waiting. And as [`ConnectionWrap::accept_descriptor`].
    #[track_caller]
    pub fn accept_handle<W: ConnectionWrap>(self, cx: &mut Ctx) -> Option<Result<W, Errno>> {
        let kind = self.pending_type(cx)?;
        if !W::accepts(kind) {
            return Some(Err(Errno::EINVAL));
        }
        let fd = self.stream(cx)?.take_pending(cx)?;
        Some(W::accept_descriptor(cx, fd))
    }

    /// From now on writes wait until all is sent, and are never asynchronous, unless something is queued before them; or they are as they were
    /// (`SetBlocking`). Reading is not concerned.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is closing, or has no descriptor; see also [`StreamBase`].
    pub fn set_blocking(self, cx: &mut Ctx, blocking: bool) -> Result<(), Errno> {
        let below = self.0.resolve(cx)?;
        stream(below.key).set_blocking(cx, blocking)
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

/// What becomes of what the uv stream reads: its owner, the base, emits it.
struct Upward;

fn base(owner: Key) -> StreamBase {
    StreamBase(Handle::from_key(owner))
}

impl Owns for Upward {
    /// `OnUvAlloc`.
    fn alloc(&self, cx: &mut Ctx, owner: Key, suggested: usize) -> Option<Vec<u8>> {
        base(owner).emit_alloc(cx, suggested)
    }

    /// `OnUvRead`, as the other two.
    fn lent(&self, cx: &mut Ctx, owner: Key, bytes: &[u8]) {
        base(owner).emit_lent(cx, bytes);
    }

    fn own(&self, cx: &mut Ctx, owner: Key, buffer: Vec<u8>, result: Result<usize, Errno>) {
        base(owner).emit_read(cx, ReadBuffer::Own(buffer), result);
    }

    fn failed(&self, cx: &mut Ctx, owner: Key, errno: Errno) {
        base(owner).emit_read(cx, ReadBuffer::Lent(&[]), Err(errno));
    }
}

impl StreamMethods for Methods {
    fn read_start(&self, cx: &mut Ctx, base: StreamBase, below: Key) -> Result<(), Errno> {
        stream(below).read_start_for(cx, base.into())
    }

    fn lend(&self, cx: &mut Ctx, _: StreamBase, below: Key, lends: bool) {
        stream(below).set_lending(cx, lends);
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
        match pieces {
            [piece] => stream(below).try_write_first(cx, piece),
            pieces => stream(below).try_writev_first(cx, pieces),
        }
    }

    fn try_write_one(&self, cx: &mut Ctx, _: StreamBase, below: Key, bytes: &[u8]) -> Sent {
        stream(below).try_write_first(cx, bytes).into()
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

    fn uv_stream(&self, below: Key) -> Option<Stream> {
        Some(stream(below))
    }

    fn get_fd(&self, cx: &Ctx, _: StreamBase, below: Key) -> Option<RawFd> {
        Some(cx.descriptor(below)?.as_raw_fd())
    }

    fn is_alive(&self, cx: &Ctx, _: StreamBase, below: Key) -> bool {
        cx.state(Handle::<StreamState>::from_key(below)).is_some()
    }

    fn write_queue_size(&self, cx: &Ctx, _: StreamBase, below: Key) -> usize {
        stream(below).write_queue_size(cx)
    }
}
