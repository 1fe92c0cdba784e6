//! Addresses: a handle's own, and the other end's (`uv__tcp_bind`).

use std::net::SocketAddr;
use std::ops::BitOr;
use std::os::fd::BorrowedFd;

use uvox_loop::sys::{self, Domain, RawAddress};
use uvox_loop::{Ctx, Errno, emit_around};

use super::tcp::Tcp;

/// How a handle is bound (`uv_tcp_flags`). The bits are libuv's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BindFlags(u32);

impl BindFlags {
    /// As usual: an IPv6 address takes IPv4 connections, too.
    pub const NONE: BindFlags = BindFlags(0);
    /// IPv6 only, so that another socket can have the port for IPv4 (`UV_TCP_IPV6ONLY`).
    pub const IPV6_ONLY: BindFlags = BindFlags(1);
    /// Several sockets, all with this flag, share the address, and the kernel distributes the connections among them
    /// (`UV_TCP_REUSEPORT`).
    pub const REUSE_PORT: BindFlags = BindFlags(2);

    /// The flags of that number. Bits that mean nothing are left out.
    pub const fn from_bits(bits: u32) -> BindFlags {
        BindFlags(bits & (BindFlags::IPV6_ONLY.0 | BindFlags::REUSE_PORT.0))
    }

    /// The flags as a number.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of `other` is among them.
    pub const fn contains(self, other: BindFlags) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for BindFlags {
    type Output = BindFlags;

    fn bitor(self, other: BindFlags) -> BindFlags {
        BindFlags(self.0 | other.0)
    }
}

impl Tcp {
    /// Gives the handle its own address (`uv_tcp_bind`); port 0 lets the kernel choose one. An IPv6 address keeps its scope id. The socket
    /// may take an address on which old connections linger (`SO_REUSEADDR`).
    ///
    /// That the address is in use is no error here: it is told by the next call that needs to know, which is
    /// [`getsockname`](Tcp::getsockname), [`getpeername`](Tcp::getpeername), [`listen`](Tcp::listen), or the callback of [`connect`](Tcp::connect). Of
    /// listeners it shows only there on some systems anyway. Another `bind` that succeeds makes up for it.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop};
    /// use uvox_tcp::uv::{BindFlags, Tcp};
    ///
    /// let mut lp = Loop::new()?;
    /// let [first, second] = [(); 2].map(|()| Tcp::new(&mut lp));
    /// first.bind(&mut lp, "127.0.0.1:0".parse().unwrap(), BindFlags::NONE)?;
    /// first.listen(&mut lp, 1, |_, _, _| ())?;
    /// let address = first.getsockname(&mut lp)?;
    ///
    /// assert_eq!(second.bind(&mut lp, address, BindFlags::NONE), Ok(()));
    /// assert_eq!(second.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EADDRINUSE));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone; `EINVAL` if it is closing or bound already, if the flags say [`IPV6_ONLY`](BindFlags::IPV6_ONLY) of an IPv4
    /// address, or if the socket is of the other family, for which some systems say `ENOPROTOOPT`. `EADDRNOTAVAIL` for an address that is not this
    /// machine's, `EACCES` for a port that takes a privilege. `ENOTSUP` for [`REUSE_PORT`](BindFlags::REUSE_PORT) where sockets
    /// that share a port do not share its load. `EMFILE` or `ENFILE` if there is no descriptor left.
    pub fn bind(self, cx: &mut Ctx, address: SocketAddr, flags: BindFlags) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.bind" @ self, address = address, flags = flags.bits()
            => self.bind_to(cx, address, flags))
    }

    fn bind_to(self, cx: &mut Ctx, address: SocketAddr, flags: BindFlags) -> Result<(), Errno> {
        self.check_open(cx)?;
        if flags.contains(BindFlags::IPV6_ONLY) && !address.is_ipv6() {
            return Err(Errno::EINVAL);
        }
        self.need_socket(cx, Domain::for_address(address))?;
        let fd = self.fd(cx).ok_or(Errno::EBADF)?;
        sys::set_with(fd, |socket| socket.set_reuse_address(true))?;
        if flags.contains(BindFlags::REUSE_PORT) {
            share_port(fd)?;
        }
        // OpenBSD's are always so.
        if address.is_ipv6() && cfg!(not(target_os = "openbsd")) {
            let only = flags.contains(BindFlags::IPV6_ONLY);
            sys::set_with(fd, |socket| socket.set_only_v6(only))?;
        }
        let result = sys::bind(fd, address);
        let delayed = match result {
            Ok(()) => None,
            Err(Errno::EADDRINUSE) => Some(Errno::EADDRINUSE),
            // Of the other family.
            Err(Errno::EAFNOSUPPORT) => return Err(Errno::EINVAL),
            Err(errno) => return Err(errno),
        };
        if delayed != self.delayed(cx) {
            self.keep(cx, |extra| extra.delayed = delayed);
        }
        Ok(())
    }

    /// The handle's own address (`uv_tcp_getsockname`): of a socket that is not bound, one with port 0.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing or without a socket; what [`bind`](Tcp::bind) left to tell; `EAFNOSUPPORT` if the address is of another
    /// family than TCP's, as of a [pair](Tcp::pair).
    pub fn getsockname(self, cx: &mut Ctx) -> Result<SocketAddr, Errno> {
        self.ask_address(cx, sys::getsockname)
    }

    /// The address of the other end (`uv_tcp_getpeername`).
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if there is none; else as [`Tcp::getsockname`].
    pub fn getpeername(self, cx: &mut Ctx) -> Result<SocketAddr, Errno> {
        self.ask_address(cx, sys::getpeername)
    }

    fn ask_address(
        self,
        cx: &mut Ctx,
        ask: fn(BorrowedFd<'_>) -> Result<RawAddress, Errno>,
    ) -> Result<SocketAddr, Errno> {
        self.check(cx)?;
        if let Some(errno) = self.delayed(cx) {
            return Err(errno);
        }
        let address = ask(self.fd(cx).ok_or(Errno::EBADF)?)?;
        address.ip().ok_or(Errno::EAFNOSUPPORT)
    }
}

/// Where sockets share a port, and its load (`uv__sock_reuseport`).
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "dragonfly",
    target_os = "aix"
))]
fn share_port(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    sys::set_with(fd, |socket| socket.set_reuse_port(true))
}

#[cfg(target_os = "freebsd")]
fn share_port(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    sys::set_with(fd, |socket| socket.set_reuse_port_lb(true))
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "dragonfly",
    target_os = "aix",
    target_os = "freebsd"
)))]
fn share_port(_: BorrowedFd<'_>) -> Result<(), Errno> {
    Err(Errno::ENOTSUP)
}
