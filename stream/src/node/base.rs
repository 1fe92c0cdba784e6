//! What all streams have in common (`StreamBase`).

use std::fmt;
use std::os::fd::RawFd;

use uvox_loop::{Callback, Ctx, Errno, Handle, Key, Kind, State, emit, emit_around};

use super::async_wrap::new_async_id;
use super::connect_wrap::Attempt;
use super::connection_wrap::OnConnection;
use super::listeners::{CustomBuffer, ReportUpward};
use super::methods::StreamMethods;
use super::pipe::StreamPipe;
use super::reader::{OnRead, Reader};
use super::request::ShutdownWrap;
use super::resource::StreamResource;
use crate::uv::Stream;

/// A stream as Node has it, whatever lies below it (`StreamBase`). It is a name, and can be copied freely.
///
/// # Contract
///
/// - Callbacks run from the loop only, never inside a call made here.
/// - A write is tried at once, and if it went out whole, that is all: its callback is dropped. Otherwise the callback is called when the rest
///   is sent, or has failed, in the order of the writes. A shutdown, if it begins at all, calls back later, after the writes.
/// - What is read, and what is over, comes to the [listeners](super::StreamListener).
/// - When it is [closed](super::HandleWrap::close), what is queued is cancelled, in order, then a shutdown, each with `ECANCELED`; then the close
///   callback runs; then the listeners are destroyed, and the name resolves to nothing: all in one closing phase.
///
/// # Errors
///
/// `EBADF` from a stream that is gone, where Node's methods return undefined: see [`HandleWrap::unwrap`](super::HandleWrap::unwrap). `EINVAL` while the
/// close callback runs, for by then there is nothing below any more.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamBase(pub(super) Handle<BaseState>);

/// The state behind a [`StreamBase`].
pub struct BaseState {
    pub(super) resource: StreamResource,
    methods: &'static dyn StreamMethods,
    below: Key,
    /// Counts the writes that were queued.
    pub(super) last_write: u64,
    /// What the layer above does with data (`onread`).
    pub(super) on_read: Callback<OnRead>,
    /// Who hears of it, if that is not set.
    pub(super) reader: Option<Reader>,
    /// What it does with connections (`onconnection`).
    pub(super) on_connection: Callback<OnConnection>,
    /// The connection attempt that goes on.
    pub(super) attempt: Option<Box<Attempt>>,
    pub(super) async_id: u64,
    pub(super) provider: Option<&'static str>,
}

static BASE: Kind<BaseState> = Kind::new("base").on_close(on_close);

impl State for BaseState {
    const KIND: &'static Kind<BaseState> = &BASE;
}

/// What a stream base stands on.
#[derive(Clone, Copy)]
pub(super) struct Below {
    pub(super) methods: &'static dyn StreamMethods,
    pub(super) key: Key,
}

impl BaseState {
    #[inline]
    pub(super) fn below(&self) -> Below {
        Below {
            methods: self.methods,
            key: self.below,
        }
    }
}

impl StreamBase {
    /// Puts a stream base on what lies below, which `methods` know how to use. It reports upward at first: see
    /// [`set_on_read`](StreamBase::set_on_read).
    ///
    /// The handle below stands for both: the base is not shown by [`Ctx::walk`], and whoever made the handle below takes care that it
    /// [ends](StreamBase::destroy) with it.
    #[track_caller]
    pub fn new(cx: &mut Ctx, methods: &'static dyn StreamMethods, below: Key) -> StreamBase {
        let state = BaseState {
            resource: StreamResource::default(),
            methods,
            below,
            last_write: 0,
            on_read: Callback::Unset,
            reader: None,
            on_connection: Callback::Unset,
            attempt: None,
            async_id: new_async_id(cx),
            provider: None,
        };
        let base = StreamBase(cx.insert(state));
        // It was made just now, so it is there; and it is only refused for want of what lies below, which nothing can be read from.
        let _ = cx.set_internal(base.0);
        emit!(Base, "base.new" @ base.0, below = below.to_string());
        let _ = base.push_listener(cx, ReportUpward);
        base
    }

    /// What lies below has closed: the listeners are destroyed in the next closing phase, and then the base is gone. Nothing happens to one that
    /// closes already, as one that was [closed](super::HandleWrap::close) does.
    pub fn destroy(self, cx: &mut Ctx) {
        let _ = cx.close(self.0, |_| ());
    }

    pub(super) fn resource(self, cx: &mut Ctx) -> Option<&mut StreamResource> {
        Some(&mut cx.state_mut(self.0)?.resource)
    }

    /// What lies below, whether it lives or not; nothing if the base is gone.
    #[inline]
    pub(super) fn below(self, cx: &Ctx) -> Option<Below> {
        cx.state(self.0).map(BaseState::below)
    }

    /// What lies below, to use it.
    pub(super) fn resolve(self, cx: &Ctx) -> Result<Below, Errno> {
        let below = self.below(cx).ok_or(Errno::EBADF)?;
        if !below.methods.is_alive(cx, self, below.key) {
            return Err(Errno::EINVAL);
        }
        Ok(below)
    }

    /// The pipe through which bytes go from here, uncounted.
    pub(super) fn splice_to(self, cx: &Ctx) -> Option<StreamPipe> {
        cx.state(self.0)?.resource.splice_to
    }

    /// The pipe through which bytes come, uncounted.
    pub(super) fn splice_from(self, cx: &Ctx) -> Option<StreamPipe> {
        cx.state(self.0)?.resource.splice_from
    }

    /// The uv stream that this is, if it is one.
    pub(super) fn uv_stream(self, cx: &Ctx) -> Option<Stream> {
        let below = self.resolve(cx).ok()?;
        below.methods.uv_stream(below.key)
    }

    /// The handle that lies below: a uv stream's key, for a [`LibuvStreamWrap`](super::LibuvStreamWrap). It may be gone.
    pub fn handle(self, cx: &Ctx) -> Option<Key> {
        Some(self.below(cx)?.key)
    }

    /// Begins to read: what arrives goes to the listeners (`ReadStartJS`).
    ///
    /// # Errors
    ///
    /// `EALREADY` if it is read already, `ENOTCONN` if there is nothing to read from, `EINVAL` if it is closing; see also [above](StreamBase).
    pub fn read_start(self, cx: &mut Ctx) -> Result<(), Errno> {
        emit_around!(Base, "base.read_start" @ self.0 => {
            let below = self.resolve(cx);
            below.and_then(|below| below.methods.read_start(cx, self, below.key))
        })
    }

    /// Stops reading, at once, also from the callback (`ReadStopJS`). One that is not read, or is closing, stays so.
    ///
    /// # Errors
    ///
    /// See [above](StreamBase).
    pub fn read_stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        emit_around!(Base, "base.read_stop" @ self.0 => {
            let below = self.resolve(cx);
            below.and_then(|below| below.methods.read_stop(cx, self, below.key))
        })
    }

    /// Ends what is sent, after what is queued (`Shutdown`). `oncomplete` is called from the loop, always, if this says `Ok`, and never if it
    /// does not.
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if the stream is not connected, shut down already, or closing; see also [above](StreamBase).
    pub fn shutdown(
        self,
        cx: &mut Ctx,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        emit_around!(Base, "base.shutdown" @ self.0 => {
            let below = self.resolve(cx);
            let wrap = ShutdownWrap::new(self, Box::new(oncomplete));
            below.and_then(|below| below.methods.shutdown(cx, self, below.key, wrap))
        })
    }

    /// Says what happens with what is read, as long as the [default listener](ReportUpward) is the one to hear it: Node's `onread`. It can be set at any
    /// time, also while it runs, also on a stream that is closed, where nobody will call it. It gets the bytes, which are lent until it
    /// returns, or the error, [`Errno::EOF`] at the end; a read that found nothing is not told. Without one, data is lost.
    pub fn set_on_read(
        self,
        cx: &mut Ctx,
        on_read: impl FnMut(&mut Ctx, StreamBase, Result<&[u8], Errno>) + 'static,
    ) {
        if let Some(state) = cx.state_mut(self.0) {
            state.reader = None;
            let replaced = std::mem::replace(&mut state.on_read, Callback::Set(Box::new(on_read)));
            drop(replaced);
        }
    }

    /// From now on reads go into `buffer`, and as much of it as its length at once (`UseUserBuffer`). `on_read` gets it with how many bytes were
    /// read into its front, none if there were none after all, or the error; and may put another in its place for the next read. One
    /// without length gives no room: `ENOBUFS`.
    ///
    /// # Errors
    ///
    /// As [`StreamBase::push_listener`].
    pub fn use_user_buffer(
        self,
        cx: &mut Ctx,
        buffer: Vec<u8>,
        on_read: impl FnMut(&mut Ctx, StreamBase, &mut Vec<u8>, Result<usize, Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.push_listener(cx, CustomBuffer::new(buffer, on_read))?;
        Ok(())
    }

    /// How many bytes were read (`bytesRead`); 0 when the stream is gone.
    pub fn bytes_read(self, cx: &Ctx) -> u64 {
        let counted = cx.state(self.0).map(|state| state.resource.bytes_read);
        let spliced = self.splice_to(cx).map(|pipe| pipe.splice_counts(cx).taken);
        counted.unwrap_or(0) + spliced.unwrap_or(0)
    }

    /// How many bytes were written or queued, and of most writes that failed, too (`bytesWritten`); 0 when the stream is gone.
    pub fn bytes_written(self, cx: &Ctx) -> u64 {
        let counted = cx.state(self.0).map(|state| state.resource.bytes_written);
        let spliced = self
            .splice_from(cx)
            .map(|pipe| pipe.splice_counts(cx).taken);
        counted.unwrap_or(0) + spliced.unwrap_or(0)
    }

    /// The descriptor at the bottom, if there is one (`fd`): none before the stream has it, and none when it is closing.
    ///
    /// # Errors
    ///
    /// `EINVAL` from the close callback on, also when the stream is gone.
    pub fn get_fd(self, cx: &Ctx) -> Result<Option<RawFd>, Errno> {
        let below = self.resolve(cx).map_err(|_| Errno::EINVAL)?;
        Ok(below.methods.get_fd(cx, self, below.key))
    }

    /// Whether it can be used at all: until the close callback (`IsAlive`).
    pub fn is_alive(self, cx: &Ctx) -> bool {
        self.resolve(cx).is_ok()
    }

    /// Whether it is closing or closed (`IsClosing`).
    pub fn is_closing(self, cx: &Ctx) -> bool {
        self.below(cx)
            .is_none_or(|below| below.methods.is_closing(cx, self, below.key))
    }

    /// How many bytes wait to be sent (`writeQueueSize`); 0 when there is nothing below any more.
    pub fn write_queue_size(self, cx: &Ctx) -> usize {
        self.below(cx).map_or(0, |below| {
            below.methods.write_queue_size(cx, self, below.key)
        })
    }
}

/// The end of a stream base (`~StreamResource`).
fn on_close(cx: &mut Ctx, key: Key) {
    let base = StreamBase(Handle::from_key(key));
    let _cause = emit!(Base, "base.destroy" @ key).map(uvox_loop::trace::cause);
    base.emit_destroy(cx);
}

impl From<StreamBase> for Key {
    /// The name under which the trace knows the base. It is not the [handle's](StreamBase::handle) below.
    fn from(base: StreamBase) -> Key {
        base.0.key()
    }
}

impl fmt::Debug for StreamBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamBase({})", self.0.key())
    }
}

impl fmt::Debug for BaseState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BaseState")
            .field("resource", &self.resource)
            .field("below", &self.below)
            .field("on_read", &self.on_read)
            .field("on_connection", &self.on_connection)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
