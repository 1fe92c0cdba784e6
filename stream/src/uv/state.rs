//! What a stream is, and when which part of it is called.

use std::fmt;
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::sys;
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, Ready, State};

use super::connect::Connecting;
use super::queue::WriteQueue;
use super::read::Reader;
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
    pub(super) connecting: Connecting,
    /// How the descriptor is read and written: as a socket, or as a file (one end of a pipe).
    pub(super) is_socket: bool,
    /// Whether a read may stop short of what is there: a Unix-domain socket's does, behind bytes with which the peer passed descriptors.
    pub(super) stops_between: bool,
}

static STREAM: Kind<StreamState> = Stream::kind("stream");

impl State for StreamState {
    const KIND: &'static Kind<StreamState> = &STREAM;
}

impl StreamState {
    /// Whether there are writes to send or to report, or a shutdown is due.
    fn has_to_send(&self) -> bool {
        !self.queue.is_drained()
            || self.queue.finished() > 0
            || matches!(self.sending, Sending::Ending(_))
    }
}

impl Stream {
    /// A kind of streams, of that name: what a crate that makes streams has one static of.
    pub const fn kind(name: &'static str) -> Kind<StreamState> {
        Kind::new(name)
            .on_ready(on_ready)
            .on_fed(on_fed)
            .on_stop(on_stop)
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

    /// Gives a stream its descriptor: a connected socket, or one end of a pipe, which then is readable or writable only
    /// (`uv__stream_open`). It is made non-blocking.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EBUSY` if it has a descriptor, `EPERM` for a file. The
    /// descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: OwnedFd) -> Result<(), Errno> {
        sys::set_nonblocking(fd.as_fd(), true)?;
        let access = sys::access(fd.as_fd())?;
        self.adopt(cx, fd, access.readable, access.writable)
    }

    /// The descriptor is there and both ends are tied together: the stream can be used.
    pub(super) fn adopt(
        self,
        cx: &mut Ctx,
        fd: OwnedFd,
        readable: bool,
        writable: bool,
    ) -> Result<(), Errno> {
        // Only sockets have an address, be it an empty one.
        let address = sys::getsockname(fd.as_fd());
        let is_socket = address.is_ok();
        let is_unix = address.is_ok_and(|address| address.ip().is_none());
        cx.set_descriptor(self.0, fd)?;
        if let Err(errno) = cx.watch(self.0) {
            // It is gone whatever this says.
            let _ = sys::close(cx.take_descriptor(self.0)?);
            return Err(errno);
        }
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        // The kernel has not said so yet, but a descriptor that nobody has written to has room.
        *parts.ready |= Ready::WRITABLE;
        parts.state.is_socket = is_socket;
        parts.state.stops_between = is_unix;
        parts.state.reader.readable = readable;
        parts.state.sending = if writable {
            Sending::Open
        } else {
            Sending::Never
        };
        Ok(())
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

/// `uv__stream_io`, called for what the kernel said.
fn on_ready(cx: &mut Ctx, key: Key) {
    let stream = Stream(Handle::from_key(key));
    let Some(parts) = cx.parts(stream.0) else {
        return;
    };
    if parts.state.connecting.is_on() {
        return stream.finish_connecting(cx);
    }
    stream.run_reads(cx);
    // As a rule there is nothing more: one look tells, after the reader was called.
    if cx
        .parts(stream.0)
        .is_some_and(|parts| parts.state.has_to_send())
    {
        stream.run_writes(cx);
        stream.run_completions(cx);
    }
}

/// `uv__stream_io`, called from the pending queue: completions are due, and reading is not.
fn on_fed(cx: &mut Ctx, key: Key) {
    let stream = Stream(Handle::from_key(key));
    if stream.is_connecting(cx) {
        stream.finish_connecting(cx);
        if stream.is_connecting(cx) {
            // A write may have been cancelled. A shutdown waits for the connection.
            stream.report_finished(cx);
        }
        return;
    }
    stream.run_writes(cx);
    stream.run_completions(cx);
}

/// `uv__stream_close`.
fn on_stop(cx: &mut Ctx, key: Key) {
    if let Some(state) = cx.state_mut(Handle::<StreamState>::from_key(key)) {
        state.reader.stop();
    }
}

/// `uv__stream_destroy`: cancels what is left, in order.
fn on_close(cx: &mut Ctx, key: Key) {
    let stream = Stream(Handle::from_key(key));
    stream.cancel_connecting(cx);
    if let Some(state) = cx.state_mut(stream.0) {
        state.queue.fail_all(Errno::ECANCELED);
    }
    stream.report_finished(cx);
    stream.drain(cx);
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
