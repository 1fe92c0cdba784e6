//! Addresses: a handle's own, and its peer's (`uv__udp_bind`).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::BitOr;
use std::os::fd::BorrowedFd;

use uvox_loop::sys::{self, Domain, RawAddress};
use uvox_loop::{Ctx, Errno, emit};

use super::coalesce::Coalescing;
use super::state::Udp;

/// How a handle is bound (`uv_udp_flags`). The bits are libuv's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BindFlags(u32);

impl BindFlags {
    /// As usual: an IPv6 address takes IPv4's datagrams, too.
    pub const NONE: BindFlags = BindFlags(0);
    /// IPv6 only, so that another socket can have the port for IPv4 (`UV_UDP_IPV6ONLY`).
    pub const IPV6_ONLY: BindFlags = BindFlags(1);
    /// Several sockets, all with this flag, may have the address (`UV_UDP_REUSEADDR`). Each gets what is sent to a group or to all; what is sent to one goes to one of
    /// them, on Linux the last that was bound.
    pub const REUSE_ADDRESS: BindFlags = BindFlags(4);
    /// The errors that datagrams meet on their way are reported, also if the handle is not connected (`UV_UDP_LINUX_RECVERR`, Linux only): see
    /// [`on_queued_error`](Udp::on_queued_error). Elsewhere it says nothing.
    pub const RECEIVE_ERRORS: BindFlags = BindFlags(32);
    /// Several sockets, all with this flag, share the address, and the kernel distributes what is sent to it among them, by sender (`UV_UDP_REUSEPORT`).
    pub const REUSE_PORT: BindFlags = BindFlags(64);

    const ALL: u32 = 1 | 4 | 32 | 64;

    /// The flags of that number, if each bit means something.
    pub const fn from_bits(bits: u32) -> Option<BindFlags> {
        if bits & !BindFlags::ALL == 0 {
            Some(BindFlags(bits))
        } else {
            None
        }
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

impl Udp {
    /// Gives the handle its own address (`uv_udp_bind`); port 0 lets the kernel choose one. To an unspecified address comes what is sent to any of this machine's, to
    /// all, and to the groups that are [joined](Udp::set_membership).
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop};
    /// use uvox_udp::uv::{BindFlags, Udp};
    ///
    /// let mut lp = Loop::new()?;
    /// let [first, second] = [(); 2].map(|()| Udp::new(&mut lp));
    /// first.bind(&mut lp, "127.0.0.1:0".parse().unwrap(), BindFlags::NONE)?;
    /// let address = first.getsockname(&mut lp)?;
    /// assert_eq!(second.bind(&mut lp, address, BindFlags::NONE), Err(Errno::EADDRINUSE));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone; `EINVAL` if it is closing or bound already, if the flags say [`IPV6_ONLY`](BindFlags::IPV6_ONLY) of an IPv4
    /// address, or if the socket is of the other family. `EADDRINUSE`; `EADDRNOTAVAIL` for an address that is not this machine's, `EACCES` for a port that takes
    /// a privilege. `ENOTSUP` for [`REUSE_PORT`](BindFlags::REUSE_PORT) where sockets that share a port do not share its load. `EMFILE` or `ENFILE` if there is no
    /// descriptor left. It may have a socket by then, and can be bound again.
    pub fn bind(self, cx: &mut Ctx, address: SocketAddr, flags: BindFlags) -> Result<(), Errno> {
        cx.open_state(self.0)?;
        if flags.contains(BindFlags::IPV6_ONLY) && !address.is_ipv6() {
            return Err(Errno::EINVAL);
        }
        let domain = Domain::for_address(address);
        if self.fd(cx).is_none() {
            self.make_socket(cx, domain)?;
        }
        let fd = self.socket(cx)?;
        let result = prepare(fd, domain, flags).and_then(|()| sys::bind(fd, address));
        emit!(Uv, "bind" @ self, address = address.to_string(), result = result);
        match result {
            Ok(()) => {}
            // Of the other family.
            Err(Errno::EAFNOSUPPORT) => return Err(Errno::EINVAL),
            Err(errno) => return Err(errno),
        }
        if flags.contains(BindFlags::RECEIVE_ERRORS) && QUEUES_ERRORS {
            let state = cx.open_state(self.0)?;
            state.reader.queues_errors = true;
            // Each datagram is to have its own.
            state.queue.coalescing = Coalescing::OFF;
        }
        Ok(())
    }

    /// Sees to it that there is a socket: one that is not there is made, and bound to any address (`uv__udp_maybe_deferred_bind`).
    pub(super) fn need_bound(
        self,
        cx: &mut Ctx,
        domain: Domain,
        flags: BindFlags,
    ) -> Result<(), Errno> {
        if self.fd(cx).is_some() {
            return Ok(());
        }
        let any = if domain == Domain::IPV6 {
            SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))
        } else {
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
        };
        self.bind(cx, any, flags)
    }

    /// The handle's own address (`uv_udp_getsockname`): of a socket that is not bound, one with port 0.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing or without a socket; `EAFNOSUPPORT` if it is a Unix-domain socket.
    pub fn getsockname(self, cx: &mut Ctx) -> Result<SocketAddr, Errno> {
        self.ask_address(cx, sys::getsockname)
    }

    /// The address that it is [connected](Udp::connect) to (`uv_udp_getpeername`).
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if it is to none; else as [`Udp::getsockname`].
    pub fn getpeername(self, cx: &mut Ctx) -> Result<SocketAddr, Errno> {
        self.ask_address(cx, sys::getpeername)
    }

    fn ask_address(
        self,
        cx: &mut Ctx,
        ask: fn(BorrowedFd<'_>) -> Result<RawAddress, Errno>,
    ) -> Result<SocketAddr, Errno> {
        ask(self.socket(cx)?)?.ip().ok_or(Errno::EAFNOSUPPORT)
    }
}

/// Whether there is a queue of errors beside a socket's datagrams.
const QUEUES_ERRORS: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// What is to be set before the socket has its address.
fn prepare(fd: BorrowedFd<'_>, domain: Domain, flags: BindFlags) -> Result<(), Errno> {
    if flags.contains(BindFlags::RECEIVE_ERRORS) && QUEUES_ERRORS {
        sys::receive_errors(fd, domain, true)?;
    }
    if flags.contains(BindFlags::REUSE_ADDRESS) {
        share_address(fd)?;
    }
    if flags.contains(BindFlags::REUSE_PORT) {
        share_port(fd)?;
    }
    if flags.contains(BindFlags::IPV6_ONLY) && cfg!(not(target_os = "openbsd")) {
        // OpenBSD's are always so.
        sys::set_with(fd, |socket| socket.set_only_v6(true))?;
    }
    Ok(())
}

/// `uv__sock_reuseaddr`: on the BSDs sockets share an address only if both share the port.
pub(super) fn share_address(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    if cfg!(any(
        target_os = "linux",
        target_os = "android",
        target_os = "dragonfly"
    )) {
        sys::set_with(fd, |socket| socket.set_reuse_address(true))
    } else {
        sys::set_with(fd, |socket| socket.set_reuse_port(true))
    }
}

/// Where sockets share a port, and its load (`uv__sock_reuseport`).
#[cfg(any(target_os = "linux", target_os = "android", target_os = "dragonfly"))]
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
    target_os = "freebsd"
)))]
fn share_port(_: BorrowedFd<'_>) -> Result<(), Errno> {
    Err(Errno::ENOTSUP)
}
