//! A socket's name, its state, and its end.

use std::fmt;

use uvox_loop::{Ctx, Handle, Kind, State, emit};
use uvox_udp::node::{AddressInfo, UdpWrap};

use super::errors;
use super::events::Listening;
use super::options::SocketOptions;
use super::queue::Waiting;
use super::send::Sending;
use crate::{Error, env, listeners};

/// A socket for datagrams (`dgram.Socket`). It is a name, and can be copied freely.
///
/// # Contract
///
/// - Calls are leaves: no listener and no callback runs inside them.
/// - A socket that sends and was not bound is bound first, to a port of the kernel's choice. What is sent before it is bound waits, in order; so does
///   [`close`](Socket::close) behind it.
/// - When 'close' has been emitted, the state leaves the table in the next closing phase, and with it the listeners, unless it was made to be
///   [kept](SocketOptions::keep). Callbacks of sends that were queued then still come, in the same phase. A socket that is never closed stays until the loop ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Socket(pub(super) Handle<SocketState>);

/// The state behind a [`Socket`].
pub struct SocketState {
    /// Absent when it is closed.
    pub(super) wrap: Option<UdpWrap>,
    pub(super) options: SocketOptions,
    pub(super) binding: Binding,
    pub(super) connection: Connection,
    pub(super) waiting: Option<Waiting>,
    pub(super) sending: Sending,
    pub(super) listening: Listening,
}

/// Whether it has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    Unbound,
    /// A name is looked up, which may take a tick or longer.
    LookingUp,
    Bound,
}

/// Whether it is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    Disconnected,
    Connecting,
    Connected,
}

static SOCKET: Kind<SocketState> = Kind::new("dgram");

impl State for SocketState {
    const KIND: &'static Kind<SocketState> = &SOCKET;
}

impl Socket {
    /// A socket that is not bound yet (`new dgram.Socket`).
    #[track_caller]
    pub fn new(cx: &mut Ctx, options: SocketOptions) -> Socket {
        let wrap = UdpWrap::new(cx);
        let socket = Socket(cx.insert(SocketState {
            wrap: Some(wrap),
            options,
            binding: Binding::Unbound,
            connection: Connection::Disconnected,
            waiting: None,
            sending: Sending::default(),
            listening: Listening::default(),
        }));
        // It was made just now.
        let _ = cx.set_internal(socket.0);
        socket
    }

    pub(super) fn state(self, cx: &Ctx) -> Option<&SocketState> {
        cx.state(self.0)
    }

    pub(super) fn state_mut(self, cx: &mut Ctx) -> Option<&mut SocketState> {
        cx.state_mut(self.0)
    }

    /// The wrap, of a socket that is not closed (`healthCheck`).
    pub(super) fn running(self, cx: &Ctx) -> Result<UdpWrap, Error> {
        self.wrap(cx).ok_or_else(errors::not_running)
    }

    /// What it stands on, until it is closed.
    pub fn wrap(self, cx: &Ctx) -> Option<UdpWrap> {
        self.state(cx)?.wrap
    }

    /// Its own address (`address`).
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_RUNNING`; `getsockname EBADF` if it was never bound.
    pub fn address(self, cx: &mut Ctx) -> Result<AddressInfo, Error> {
        let wrap = self.running(cx)?;
        wrap.getsockname(cx)
            .map_err(|errno| Error::system(errno, "getsockname"))
    }

    /// The address that it is connected to (`remoteAddress`).
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_RUNNING`, `ERR_SOCKET_DGRAM_NOT_CONNECTED`.
    pub fn remote_address(self, cx: &mut Ctx) -> Result<AddressInfo, Error> {
        let wrap = self.running(cx)?;
        let connected = |state: &SocketState| state.connection == Connection::Connected;
        if !self.state(cx).is_some_and(connected) {
            return Err(errors::not_connected());
        }
        wrap.getpeername(cx)
            .map_err(|errno| Error::system(errno, "getpeername"))
    }

    /// Closes it (`close`): nothing more is received, and 'close' follows in a tick. What was sent and is queued is cancelled. If sends wait until it is bound,
    /// it is closed behind them; what is done with it meanwhile, as if it were open, waits behind the close, and is then an error that nobody
    /// [caught](crate::env::throw).
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_RUNNING` if it is closed already.
    pub fn close(self, cx: &mut Ctx) -> Result<(), Error> {
        listeners::leaf(cx, |cx| close(cx, self))
    }

    /// The same, and calls back at 'close'.
    ///
    /// # Errors
    ///
    /// As [`Socket::close`]; the callback stays, as in Node, and nothing calls it any more.
    pub fn close_then(
        self,
        cx: &mut Ctx,
        callback: impl FnOnce(&mut Ctx, Socket) + 'static,
    ) -> Result<(), Error> {
        self.once_close(cx, callback);
        self.close(cx)
    }

    /// Lets the state go, in the closing phase: of a socket that was made to be [kept](SocketOptions::keep). One that is not closed is closed first, and nobody is
    /// told.
    pub fn release(self, cx: &mut Ctx) {
        if let Some(wrap) = self.state_mut(cx).and_then(|state| state.wrap.take()) {
            wrap.close(cx, |_| ());
        }
        let _ = cx.close(self.0, |_| ());
    }
}

fn close(cx: &mut Ctx, socket: Socket) -> Result<(), Error> {
    if let Some(waiting) = socket
        .state_mut(cx)
        .and_then(|state| state.waiting.as_mut())
    {
        waiting.push(Box::new(move |cx| close(cx, socket)));
        return Ok(());
    }
    let wrap = socket.running(cx)?;
    if let Some(state) = socket.state_mut(cx) {
        state.wrap = None;
    }
    emit!(Net, "dgram.close" @ socket.0);
    wrap.close(cx, |_| ());
    env::next_tick(cx, move |cx| {
        socket.emit_close(cx);
        if socket.state(cx).is_some_and(|state| !state.options.keep) {
            let _ = cx.close(socket.0, |_| ());
        }
    });
    Ok(())
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({})", self.0.key())
    }
}

impl fmt::Debug for SocketState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketState")
            .field("wrap", &self.wrap)
            .field("binding", &self.binding)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}
