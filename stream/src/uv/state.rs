//! What a stream is, and when which part of it is called.

use std::any::Any;
use std::fmt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use uvox_loop::sys::{self, Access};
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, Ready, State, emit, emit_around, trace};

use super::listen::Connection;
use super::owner::Owner;
use super::passing::Passing;
use super::queue::WriteQueue;
use super::rare::Rare;
use super::read;
use super::reader::Reader;
use super::shutdown::Sending;

/// A stream (`uv_stream_t`): a TCP connection, an end of a pipe. It is the name of a handle, and can be copied freely.
///
/// # Contract
///
/// - Callbacks run from the loop only, never inside a call made here.
/// - Data is read until [`read_stop`](Stream::read_stop), which works at once, also from the callback. At the end comes
///   [`Errno::EOF`], once, and reading stops.
/// - A write tries the kernel at once if nothing is queued before it; what the kernel does not take is queued. Writes complete in
///   the order in which they were made, each with one callback.
/// - [`shutdown`](Stream::shutdown) waits for the queue.
/// - [`splice_to`](Stream::splice_to) moves what is read to another stream, and this process does not see it.
/// - [`Ctx::close`] cancels a connection attempt, then what is queued, in order, then a shutdown, each with `ECANCELED`, and calls
///   back for the close after that, all in one closing phase.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stream(pub(super) Handle<StreamState>);

/// The state behind a [`Stream`].
#[derive(Debug, Default)]
pub struct StreamState {
    pub(super) reader: Reader,
    pub(super) queue: WriteQueue,
    pub(super) sending: Sending,
    /// What else it does, if there is anything.
    pub(super) rare: Option<Box<Rare>>,
    pub(super) channel: Channel,
    /// Whether descriptors can be passed, and those that were. In a place of its own, for most streams have none.
    pub(super) passing: Option<Box<Passing>>,
    /// What the crate that makes the stream keeps with it.
    pub(super) extra: Option<Box<dyn Any>>,
    /// Whether what is tried to be written waits for room.
    pub(super) waits_to_write: bool,
    /// The handle that stands upon this one, and is closed with it.
    pub(super) owner: Option<Owner>,
}

/// What a stream goes through, which says how it is read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channel {
    /// An internet socket.
    #[default]
    Internet,
    /// A Unix-domain socket. A read may stop short of what is there: behind bytes with which the peer passed descriptors.
    Unix,
    /// A file that is no socket: one end of a pipe.
    File,
}

impl Channel {
    /// What stands behind a descriptor. Only sockets have an address, be it an empty one.
    fn of(fd: BorrowedFd<'_>) -> Channel {
        match sys::getsockname(fd) {
            Err(_) => Channel::File,
            Ok(address) if address.ip().is_some() => Channel::Internet,
            Ok(_) => Channel::Unix,
        }
    }

    #[inline]
    pub(super) fn is_socket(self) -> bool {
        self != Channel::File
    }
}

static STREAM: Kind<StreamState> = Stream::kind("stream");

impl State for StreamState {
    const KIND: &'static Kind<StreamState> = &STREAM;
}

impl StreamState {
    /// Whether it does nothing but read, and has nothing to send or to tell of.
    #[inline]
    pub(super) fn only_reads(&self) -> bool {
        self.rare.is_none() && self.queue.is_at_rest()
    }

    /// Whether all that is left to do for it, but for reading, is to tell of writes that are over.
    #[inline]
    fn only_reports(&self) -> bool {
        self.rare.is_none() && self.queue.is_drained()
    }

    /// Whether there are writes or spliced bytes to send or to report, or a shutdown is due.
    fn has_to_send(&self) -> bool {
        !self.queue.is_drained()
            || self.has_spliced()
            || self.queue.finished() > 0
            || self.is_ending()
    }

    /// Whether a shutdown has waited long enough.
    pub(super) fn shutdown_is_due(&self) -> bool {
        self.is_ending() && self.queue.is_drained() && self.in_pipe() == 0
    }
}

impl Stream {
    /// A kind of streams, of that name: what a crate that makes streams has one static of.
    pub const fn kind(name: &'static str) -> Kind<StreamState> {
        Kind::new(name)
            .on_ready(read::on_ready)
            .on_fed(on_fed)
            .on_stop(Stream::on_stop)
            .on_close(on_close)
    }

    /// A stream without a descriptor (`uv__stream_init`).
    #[track_caller]
    pub fn new(cx: &mut Ctx, kind: &'static Kind<StreamState>) -> Stream {
        Stream(cx.insert_as(kind, StreamState::default()))
    }

    /// A stream on a connected socket.
    ///
    /// # Errors
    ///
    /// As [`Stream::open`]; no handle is left then.
    #[track_caller]
    pub fn from_socket(
        cx: &mut Ctx,
        kind: &'static Kind<StreamState>,
        socket: OwnedFd,
    ) -> Result<Stream, Errno> {
        let stream = Stream::new(cx, kind);
        match stream.open(cx, socket) {
            Ok(()) => Ok(stream),
            Err(errno) => {
                cx.discard(stream)?;
                Err(errno)
            }
        }
    }

    /// Gives a stream its descriptor: a connected socket, one that [listens](Stream::listen) next, or one end of a pipe, which then is readable or
    /// writable only (`uv__stream_open`). It is made non-blocking.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EBUSY` if it has a descriptor, `EPERM` for a file. The
    /// descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: OwnedFd) -> Result<(), Errno> {
        emit_around!(Uv, "stream.open" @ self, fd = fd.as_raw_fd() => self.take_open(cx, fd))
    }

    fn take_open(self, cx: &mut Ctx, fd: OwnedFd) -> Result<(), Errno> {
        sys::set_nonblocking(fd.as_fd(), true)?;
        let access = sys::access(fd.as_fd())?;
        let channel = Channel::of(fd.as_fd());
        self.take_socket(cx, fd, channel)?;
        self.tie(cx, access).inspect_err(|_| {
            // It is gone whatever this says.
            let _ = cx.take_descriptor(self.0).map(sys::close);
        })
    }

    /// A stream on a connection that a listener accepted (`uv_accept`). That it is a socket and does not wait is known, which saves
    /// asking the kernel. The kernel is told of it when the loop next waits, so that one that is closed in the meantime costs no more.
    ///
    /// If it will not watch any more descriptors then (`ENOSPC`, `ENOMEM`), that ends the connection as if it had broken: its reader hears of that error, so do
    /// those whose writes wait, and the peer finds it ended.
    ///
    /// # Errors
    ///
    /// None at present: the handle is new.
    #[track_caller]
    pub fn accept(
        cx: &mut Ctx,
        kind: &'static Kind<StreamState>,
        connection: Connection,
    ) -> Result<Stream, Errno> {
        let stream = Stream::new(cx, kind);
        let fd = connection.as_fd().as_raw_fd();
        let _cause = emit!(Uv, "stream.accept" @ stream, fd = fd).map(trace::cause);
        let channel = connection.channel();
        // What can fail concerns handles that are not new.
        stream.take_socket(cx, connection.into(), channel)?;
        cx.watch_later(stream.0)?;
        stream.begin(cx, BOTH)?;
        Ok(stream)
    }

    /// Gives a stream a socket that is not connected, to [listen](Stream::listen) or to [connect](Stream::begin_connect) with. It must not
    /// wait. For the crates that make streams.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EBUSY` if it has a descriptor. The socket is closed then.
    pub fn take_socket(self, cx: &mut Ctx, socket: OwnedFd, channel: Channel) -> Result<(), Errno> {
        cx.set_descriptor(self.0, socket)?;
        cx.open_state(self.0)?.channel = channel;
        Ok(())
    }

    /// The descriptor, for its options and addresses; `None` if there is none, or no more.
    pub fn fd(self, cx: &mut Ctx) -> Option<BorrowedFd<'_>> {
        Some(cx.parts(self.0)?.fd)
    }

    /// Both ends are tied together: the kernel is asked to speak of the descriptor, and the stream can be used.
    pub(super) fn tie(self, cx: &mut Ctx, access: Access) -> Result<(), Errno> {
        cx.watch(self.0)?;
        self.begin(cx, access)
    }

    pub(super) fn begin(self, cx: &mut Ctx, access: Access) -> Result<(), Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        // The kernel has not said so yet, but a descriptor that nobody has written to has room.
        *parts.ready |= Ready::WRITABLE;
        parts.state.reader.readable = access.readable;
        parts.state.sending = if access.writable {
            Sending::Open
        } else {
            Sending::Never
        };
        Ok(())
    }

    /// Gives the descriptor away: it is no longer watched, and the caller's. The handle stays, without a descriptor, and is to be closed as
    /// any other.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, closing or without a descriptor; `EBUSY` while a connection attempt, a write or a shutdown is pending, or it is
    /// spliced.
    pub fn into_owned_fd(self, cx: &mut Ctx) -> Result<OwnedFd, Errno> {
        let fd = self.untie(cx)?;
        // What was kept for this descriptor is not for another.
        let kept = cx.state_mut(self.0).and_then(|state| state.extra.take());
        drop(kept);
        Ok(fd)
    }

    /// Takes a socket for one that is not connected, though it was [opened](Stream::open) as if it were: what the kernel has said of it so far is
    /// forgotten, and it is not watched before it is needed. For the crates that make streams.
    ///
    /// # Errors
    ///
    /// As [`Stream::into_owned_fd`].
    pub fn disconnect(self, cx: &mut Ctx) -> Result<(), Errno> {
        let fd = self.untie(cx)?;
        Ok(cx.set_descriptor(self.0, fd)?)
    }

    fn untie(self, cx: &mut Ctx) -> Result<OwnedFd, Errno> {
        let state = cx.parts(self.0).ok_or(Errno::EBADF)?.state;
        if state.is_connecting() || state.has_to_send() || state.is_spliced() {
            return Err(Errno::EBUSY);
        }
        state.reader.end();
        state.sending = Sending::Never;
        state.end_listening();
        cx.set_active(self.0, false)?;
        cx.take_descriptor(self.0)
    }

    /// What the crate that made the stream keeps with it: one value, made by `Default` when first asked for. `None` if the
    /// stream is gone, or keeps a value of another type.
    pub fn extra<T: Default + 'static>(self, cx: &mut Ctx) -> Option<&mut T> {
        let extra = &mut cx.state_mut(self.0)?.extra;
        extra
            .get_or_insert_with(|| Box::new(T::default()))
            .downcast_mut()
    }

    /// The same if there is one.
    pub fn get_extra<T: 'static>(self, cx: &Ctx) -> Option<&T> {
        cx.state(self.0)?.extra.as_ref()?.downcast_ref()
    }

    /// The stream of that name. If there is none, or it is of something else, it is as one that is gone.
    pub fn from_key(key: Key) -> Stream {
        Stream(Handle::from_key(key))
    }

    /// What a stream's kind does when it is stopped (`uv__stream_close`). A kind that has more to do then calls this, too.
    pub fn on_stop(cx: &mut Ctx, key: Key) {
        if let Some(state) = cx.state_mut(Handle::<StreamState>::from_key(key)) {
            emit!(Uv, "stream.close" @ key, queued = state.queue.size());
            state.reader.stop();
            state.end_listening();
            if let Some(passing) = &mut state.passing {
                passing.end();
            }
            if state.is_spliced() {
                Stream::from_key(key).stop_splices(cx, Errno::ECANCELED);
            }
        }
    }

    /// Whether there is something to read from: it is connected, and no error has ended it (`uv_is_readable`).
    pub fn is_readable(self, cx: &Ctx) -> bool {
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(|state| state.reader.readable)
    }

    /// Whether more can be written: it is connected, and neither shut down nor ended by an error (`uv_is_writable`).
    pub fn is_writable(self, cx: &Ctx) -> bool {
        let open = |state: &StreamState| matches!(state.sending, Sending::Open);
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(open)
    }
}

/// A socket is open for both.
pub(super) const BOTH: Access = Access {
    readable: true,
    writable: true,
};

/// `uv__stream_io`, called for what the kernel said, of a stream of which more is to be thought of than of its [reader](super::read::on_ready).
#[inline(never)]
pub(super) fn on_ready_for_more(cx: &mut Ctx, stream: Stream) {
    let Some(parts) = cx.parts(stream.0) else {
        return;
    };
    if parts.ready.contains(Ready::UNWATCHED) {
        return stream.end_unwatched(cx);
    }
    if parts.state.is_connecting() {
        return stream.finish_connecting(cx);
    }
    if parts.state.is_listening() {
        return stream.run_accepts(cx);
    }
    // What the reader writes is told of in the pending phase, unless the kernel has not taken it, and then it will speak again. So is what
    // others wrote that the kernel took.
    let is_spliced = parts.state.is_spliced();
    let is_waiting = !parts.state.queue.is_drained() || parts.state.in_pipe() > 0;
    let has_to_tell = parts.state.has_to_send();
    stream.run_reads(cx);
    if is_waiting {
        stream.run_sends(cx);
    } else if has_to_tell {
        // It was fed, unless a callback panicked. One that was closed tells in the closing phase.
        let _ = cx.feed(stream.0);
    }
    if is_spliced {
        stream.run_splices(cx);
    }
}

/// `uv__stream_io`, called from the pending queue: completions are due, and reading is not.
fn on_fed(cx: &mut Ctx, key: Key) {
    let stream = Stream(Handle::from_key(key));
    match cx.open_state(stream.0) {
        Ok(state) if state.only_reports() => stream.report_each(cx),
        _ => on_fed_for_more(cx, stream),
    }
}

#[inline(never)]
fn on_fed_for_more(cx: &mut Ctx, stream: Stream) {
    let Ok(state) = cx.open_state(stream.0) else {
        return;
    };
    if state.is_connecting() {
        stream.finish_connecting(cx);
        if stream.is_connecting(cx) {
            // A write may have been cancelled. A shutdown waits for the connection.
            stream.report_finished(cx);
        }
    } else if state.is_listening() {
        stream.end_starving(cx);
        // There may be writes to be told of that were made before it listened.
        stream.run_sends(cx);
    } else {
        stream.run_sends(cx);
        stream.run_splices(cx);
    }
}

/// `uv__stream_destroy`: cancels what is left, in order.
fn on_close(cx: &mut Ctx, key: Key) {
    let stream = Stream(Handle::from_key(key));
    stream.cancel_connecting(cx);
    stream.cancel_splice(cx);
    if let Some(state) = cx.state_mut(stream.0) {
        state.queue.fail_all(Errno::ECANCELED);
    }
    stream.report_finished(cx);
    stream.drain(cx);
    if let Some(owner) = cx.state(stream.0).and_then(|state| state.owner) {
        // One that was closed with it is closing already.
        let _ = cx.close(owner.key, |_| ());
    }
}

impl From<Stream> for Key {
    fn from(stream: Stream) -> Key {
        stream.0.key()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({})", self.0.key())
    }
}
