//! TCP's wrap (`TCPWrap`, `tcp_wrap.cc`).

use std::fmt;
use std::net::SocketAddr;
use std::ops::Deref;
use std::os::fd::OwnedFd;

use uvox_loop::sys::DescriptorKind;
use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::node::{ConnectionWrap, HandleWrap, HandleWrapState, LibuvStreamWrap, StreamBase};
use uvox_stream::uv::Connection;

use super::address::{AddressInfo, ip4_addr, ip6_addr};
use crate::uv::{BindFlags, Tcp};

/// A TCP connection or a listener, as Node's `net` uses it (`TCPWrap`). It is a name, and can be copied freely.
///
/// What it reads and writes is a [`StreamBase`]'s; it derefs to a [`LibuvStreamWrap`], and that to the base. How it is
/// closed, [`HandleWrap`] says; [`set_on_connection`](ConnectionWrap::set_on_connection) is a [`ConnectionWrap`]'s.
///
/// # Contract
///
/// - Calls are leaves: callbacks run from the loop only, never inside a call made here.
/// - Merely made, bound or opened, it does not keep the loop alive. Listening, reading, and what goes on, a connection attempt, a queued write, a
///   shutdown, do.
/// - That an address is in use is told late, three ways: [`bind`](TcpWrap::bind) says nothing, and then [`getsockname`](TcpWrap::getsockname),
///   [`listen`](TcpWrap::listen) and the callback of [`connect`](TcpWrap::connect) say `EADDRINUSE`.
/// - A connection attempt never fails with `ECONNREFUSED` inside the call.
///
/// # When it is closing
///
/// | | between `close` and its callback | in the callback | after it |
/// | --- | --- | --- | --- |
/// | [`open`](TcpWrap::open), [`bind`](TcpWrap::bind), [`bind6`](TcpWrap::bind6), [`listen`](TcpWrap::listen), [`connect`](TcpWrap::connect), [`connect6`](TcpWrap::connect6) | `EINVAL` | `EINVAL` | `EBADF` |
/// | [`getsockname`](TcpWrap::getsockname), [`getpeername`](TcpWrap::getpeername) | `EBADF` | `EBADF` | `EBADF` |
/// | [`set_no_delay`](TcpWrap::set_no_delay), [`set_keep_alive`](TcpWrap::set_keep_alive), [`reset`](TcpWrap::reset) | `Ok` | `Ok` | `EBADF` |
///
/// And see [`HandleWrap`] for what all wraps say then.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TcpWrap(LibuvStreamWrap);

/// What a wrap is to be (`TCPWrap::SocketType`). It decides what it is called, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketType {
    /// A connection (`SOCKET`).
    Socket,
    /// A listener (`SERVER`).
    Server,
}

impl SocketType {
    fn provider(self) -> &'static str {
        match self {
            SocketType::Socket => "TCPWRAP",
            SocketType::Server => "TCPSERVERWRAP",
        }
    }
}

impl TcpWrap {
    /// A wrap without a socket (`New`).
    #[track_caller]
    pub fn new(cx: &mut Ctx, socket_type: SocketType) -> TcpWrap {
        let tcp = Tcp::new(cx);
        TcpWrap::on(cx, tcp, socket_type)
    }

    #[track_caller]
    fn on(cx: &mut Ctx, tcp: Tcp, socket_type: SocketType) -> TcpWrap {
        let provider = socket_type.provider();
        TcpWrap(LibuvStreamWrap::on_new(cx, tcp.stream(), provider))
    }

    /// The uv handle, until the close callback.
    pub fn tcp(self, cx: &Ctx) -> Option<Tcp> {
        self.stream(cx).map(Tcp::from_key)
    }

    /// The uv handle, which may have closed.
    pub(super) fn handle_below(self, cx: &Ctx) -> Result<Tcp, Errno> {
        Ok(Tcp::from_key(self.handle(cx).ok_or(Errno::EBADF)?))
    }

    /// The same for calls that start something.
    pub(super) fn open_below(self, cx: &Ctx) -> Result<Tcp, Errno> {
        let tcp = self.handle_below(cx)?;
        if self.is_closing(cx) {
            return Err(Errno::EINVAL);
        }
        Ok(tcp)
    }

    /// Takes a socket from elsewhere: a connection, or one to listen on (`Open`). That the number stands for a descriptor, which Node finds out here, the
    /// type says.
    ///
    /// # Errors
    ///
    /// As [`Tcp::open`](uvox_stream::uv::Stream::open) of the uv room; see also [above](TcpWrap). The descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: impl Into<OwnedFd>) -> Result<(), Errno> {
        emit_around!(Base, "base.open" @ self.stream_base() => {
            let tcp = self.open_below(cx);
            tcp.and_then(|tcp| tcp.open(cx, fd.into()))
        })
    }

    /// Gives it an IPv4 address and a port, of which the lowest 16 bits count; 0 lets the kernel choose one (`Bind`).
    ///
    /// # Errors
    ///
    /// `EINVAL` if `ip` is no IPv4 address, or the wrap is bound already; `EADDRNOTAVAIL` for an address that is not this machine's; and as [`Tcp::bind`], but not
    /// `EADDRINUSE`; see also [above](TcpWrap).
    pub fn bind(self, cx: &mut Ctx, ip: &str, port: impl Into<i32>) -> Result<(), Errno> {
        self.bind_to(cx, ip4_addr(ip, port.into()), BindFlags::NONE)
    }

    /// The same with an IPv6 address, which may name an interface behind a per cent sign (`Bind6`).
    ///
    /// # Errors
    ///
    /// As [`TcpWrap::bind`], of IPv6.
    pub fn bind6(
        self,
        cx: &mut Ctx,
        ip: &str,
        port: impl Into<i32>,
        flags: BindFlags,
    ) -> Result<(), Errno> {
        self.bind_to(cx, ip6_addr(ip, port.into()), flags)
    }

    fn bind_to(
        self,
        cx: &mut Ctx,
        address: Result<SocketAddr, Errno>,
        flags: BindFlags,
    ) -> Result<(), Errno> {
        emit_around!(Base, "base.bind" @ self.stream_base(), address = address.ok() => {
            let tcp = self.open_below(cx);
            tcp.and_then(|tcp| tcp.bind(cx, address?, flags))
        })
    }

    /// Waits for connections, of which up to about `backlog` may be ready to be accepted (`Listen`); they come to the callback that was
    /// [set](ConnectionWrap::set_on_connection). A wrap that is not bound gets a port of the kernel's choice on all IPv4 addresses. One that listens goes
    /// on with the new backlog.
    ///
    /// # Errors
    ///
    /// `EADDRINUSE`, also of a bind; `EINVAL` if it is connecting or connected; and as [`Tcp::listen`]; see also [above](TcpWrap).
    pub fn listen(self, cx: &mut Ctx, backlog: i32) -> Result<(), Errno> {
        let on_connection = move |cx: &mut Ctx, _, connection| self.on_connection(cx, connection);
        emit_around!(Base, "base.listen" @ self.stream_base(), backlog = backlog => {
            let tcp = self.open_below(cx);
            tcp.and_then(|tcp| tcp.listen(cx, backlog, on_connection))
        })
    }

    /// Its own address (`GetSockOrPeerName` with `uv_tcp_getsockname`).
    ///
    /// # Errors
    ///
    /// `EBADF` if it has no socket; what [`bind`](TcpWrap::bind) left to tell; and as [`Tcp::getsockname`]; see also [above](TcpWrap).
    pub fn getsockname(self, cx: &mut Ctx) -> Result<AddressInfo, Errno> {
        self.ask_address(cx, Tcp::getsockname)
    }

    /// The address of the other end (`GetSockOrPeerName` with `uv_tcp_getpeername`).
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if there is none; else as [`TcpWrap::getsockname`].
    pub fn getpeername(self, cx: &mut Ctx) -> Result<AddressInfo, Errno> {
        self.ask_address(cx, Tcp::getpeername)
    }

    fn ask_address(
        self,
        cx: &mut Ctx,
        ask: fn(Tcp, &mut Ctx) -> Result<SocketAddr, Errno>,
    ) -> Result<AddressInfo, Errno> {
        let tcp = self.handle_below(cx)?;
        ask(tcp, cx).map(AddressInfo::from)
    }

    /// Closes it as [`HandleWrap::close`] does, but throws away what the kernel has not sent yet, and sends the peer a reset instead of an end (`Reset`). On
    /// one that is closing already this does nothing, and `callback` is dropped.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is gone or has no socket, `EINVAL` while a shutdown is pending. It is not closed then, and `callback` is dropped.
    pub fn reset(
        self,
        cx: &mut Ctx,
        callback: impl FnOnce(&mut Ctx) + 'static,
    ) -> Result<(), Errno> {
        let tcp = self.handle_below(cx)?;
        if self.state(cx) != HandleWrapState::Initialised {
            return Ok(());
        }
        emit_around!(Base, "base.reset" @ self.stream_base() => tcp.arm_reset(cx))?;
        self.close(cx, callback);
        Ok(())
    }
}

impl HandleWrap for TcpWrap {
    fn stream_base(self) -> StreamBase {
        *self.0
    }
}

impl ConnectionWrap for TcpWrap {
    fn accept(cx: &mut Ctx, connection: Connection) -> Result<TcpWrap, Errno> {
        let tcp = Tcp::accept(cx, connection)?;
        Ok(TcpWrap::on(cx, tcp, SocketType::Socket))
    }

    fn accepts(kind: DescriptorKind) -> bool {
        kind == DescriptorKind::Tcp
    }

    fn accept_descriptor(cx: &mut Ctx, fd: OwnedFd) -> Result<TcpWrap, Errno> {
        let tcp = Tcp::new(cx);
        if let Err(errno) = tcp.open(cx, fd) {
            cx.discard(tcp)?;
            return Err(errno);
        }
        Ok(TcpWrap::on(cx, tcp, SocketType::Socket))
    }

    fn from_base(base: StreamBase) -> TcpWrap {
        TcpWrap(LibuvStreamWrap::from_base(base))
    }
}

impl Deref for TcpWrap {
    type Target = LibuvStreamWrap;

    fn deref(&self) -> &LibuvStreamWrap {
        &self.0
    }
}

impl fmt::Debug for TcpWrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TcpWrap").field(&self.stream_base()).finish()
    }
}
