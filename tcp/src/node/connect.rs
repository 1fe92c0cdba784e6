//! Connecting (`TCPWrap::Connect`).

use std::net::SocketAddr;

use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::node::{ConnectWrap, Connected, ConnectionWrap, HandleWrap};

use super::address::{ip4_addr, ip6_addr};
use super::tcp_wrap::TcpWrap;

impl TcpWrap {
    /// Connects to an IPv4 address (`Connect`). `oncomplete` is called from the loop when the attempt ends: with `ECONNREFUSED` if nobody listens
    /// there, before check callbacks of the same turn, if the kernel says so at once; with `EADDRINUSE` if [`bind`](TcpWrap::bind) left that to
    /// tell; with `ECANCELED`, in the closing phase, if the wrap is closed before. The name that this gives can change who is told.
    ///
    /// # Errors
    ///
    /// `EINVAL` if `ip` is no IPv4 address; `EALREADY` if an attempt goes on; and as [`Tcp::connect`](crate::uv::Tcp::connect); see also
    /// [above](TcpWrap). `oncomplete` is dropped then.
    pub fn connect(
        self,
        cx: &mut Ctx,
        ip: &str,
        port: impl Into<i32>,
        oncomplete: impl FnOnce(&mut Ctx, Connected<TcpWrap>) + 'static,
    ) -> Result<ConnectWrap<TcpWrap>, Errno> {
        self.connect_to(cx, ip4_addr(ip, port.into()), oncomplete)
    }

    /// The same with an IPv6 address, which may name an interface behind a per cent sign (`Connect6`).
    ///
    /// # Errors
    ///
    /// As [`TcpWrap::connect`], of IPv6.
    pub fn connect6(
        self,
        cx: &mut Ctx,
        ip: &str,
        port: impl Into<i32>,
        oncomplete: impl FnOnce(&mut Ctx, Connected<TcpWrap>) + 'static,
    ) -> Result<ConnectWrap<TcpWrap>, Errno> {
        self.connect_to(cx, ip6_addr(ip, port.into()), oncomplete)
    }

    fn connect_to(
        self,
        cx: &mut Ctx,
        address: Result<SocketAddr, Errno>,
        oncomplete: impl FnOnce(&mut Ctx, Connected<TcpWrap>) + 'static,
    ) -> Result<ConnectWrap<TcpWrap>, Errno> {
        let after = move |cx: &mut Ctx, _, status| self.after_connect(cx, status);
        emit_around!(Base, "base.connect" @ self.stream_base(), address = address.ok() => {
            let tcp = self.open_below(cx);
            tcp.and_then(|tcp| tcp.connect(cx, address?, after))
        })?;
        let provider = "TCPCONNECTWRAP";
        Ok(ConnectWrap::new(cx, self, provider, oncomplete))
    }
}
