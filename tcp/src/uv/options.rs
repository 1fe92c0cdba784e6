//! Options of the socket (`uv__tcp_nodelay`), and what the kernel says of the connection.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use uvox_loop::sys::{self, TcpInfo};
use uvox_loop::{Ctx, Errno, emit_around};

use super::keepalive::{KeepAlive, set_keepalive};
use super::tcp::Tcp;

/// What was asked for before there was a socket.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    nodelay: Option<bool>,
    pub(super) keepalive: Option<Option<KeepAlive>>,
    user_timeout: Option<Option<Duration>>,
    traffic_class: Option<u8>,
}

impl Wanted {
    pub(super) fn set_on(&self, fd: BorrowedFd<'_>) -> Result<(), Errno> {
        if let Some(on) = self.nodelay {
            set_nodelay(fd, on)?;
        }
        if let Some(keepalive) = self.keepalive {
            match set_keepalive(fd, keepalive) {
                // Nobody refused those times when they were given, so they must not keep a connection from being made; nor may the one below.
                Ok(()) | Err(Errno::EINVAL) => {}
                Err(errno) => return Err(errno),
            }
        }
        if let Some(timeout) = self.user_timeout {
            match set_user_timeout(fd, timeout) {
                Ok(()) | Err(Errno::EINVAL) => {}
                Err(errno) => return Err(errno),
            }
        }
        match self.traffic_class {
            Some(class) => set_traffic_class(fd, class),
            None => Ok(()),
        }
    }
}

/// Options. Those that have a value before there is a socket are remembered, also by a handle that is closing, which never has one again.
impl Tcp {
    /// Whether small pieces are sent at once instead of being collected while others are on their way (`uv_tcp_nodelay`, `TCP_NODELAY`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, and what the kernel says: `EOPNOTSUPP` if it is no TCP socket.
    pub fn nodelay(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.nodelay" @ self, on = on => self.set_or_want(
            cx,
            |fd| set_nodelay(fd, on),
            |wanted| wanted.nodelay = Some(on),
        ))
    }

    /// How long what was sent may stay unacknowledged before the connection ends with `ETIMEDOUT` (`TCP_USER_TIMEOUT`), rounded up to
    /// milliseconds; `None` leaves it to the kernel. libuv does not have it.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `ENOTSUP` anywhere but on Linux, and what the kernel says: `EOPNOTSUPP` if it is no TCP socket, `EINVAL` for more
    /// than 24 days. Before there is a socket, nobody knows that, and it is no error.
    pub fn user_timeout(self, cx: &mut Ctx, timeout: Option<Duration>) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.user_timeout" @ self, timeout_ns = timeout => self.set_or_want(
            cx,
            |fd| set_user_timeout(fd, timeout),
            |wanted| wanted.user_timeout = Some(timeout),
        ))
    }

    /// How routers are to treat the packets: the type of service in IPv4, the traffic class in IPv6 (`IP_TOS`, `IPV6_TCLASS`). The two lowest bits are the
    /// kernel's own, for congestion. libuv does not have it.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, and what the kernel says: `EOPNOTSUPP` if it is no internet socket.
    pub fn set_traffic_class(self, cx: &mut Ctx, class: u8) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.traffic_class" @ self, class = class => self.set_or_want(
            cx,
            |fd| set_traffic_class(fd, class),
            |wanted| wanted.traffic_class = Some(class),
        ))
    }

    /// What [`Tcp::set_traffic_class`] set.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing or without a socket, and what the kernel says.
    pub fn traffic_class(self, cx: &mut Ctx) -> Result<u8, Errno> {
        let fd = self.socket(cx)?;
        let class = if is_ipv6(fd)? {
            sys::get_with(fd, |socket| socket.tclass_v6())?
        } else {
            sys::get_with(fd, |socket| socket.tos_v4())?
        };
        Ok(u8::try_from(class).unwrap_or(u8::MAX))
    }

    /// How many bytes the kernel keeps that the peer has not acknowledged (`uv_send_buffer_size`, `SO_SNDBUF`). Linux says twice of what was set.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing or without a socket.
    pub fn send_buffer_size(self, cx: &mut Ctx) -> Result<usize, Errno> {
        sys::get_with(self.socket(cx)?, |socket| socket.send_buffer_size())
    }

    /// Sets it. The kernel takes it as a hint, within limits of its own, and ceases to adapt it to the connection.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing or without a socket; on some systems `ENOBUFS` for more than their limit.
    pub fn set_send_buffer_size(self, cx: &mut Ctx, bytes: usize) -> Result<(), Errno> {
        sys::set_with(self.socket(cx)?, |socket| {
            socket.set_send_buffer_size(number(bytes))
        })
    }

    /// How many bytes the kernel keeps that nobody has read yet (`uv_recv_buffer_size`, `SO_RCVBUF`). Linux says twice of what was set.
    ///
    /// # Errors
    ///
    /// As [`Tcp::send_buffer_size`].
    pub fn receive_buffer_size(self, cx: &mut Ctx) -> Result<usize, Errno> {
        sys::get_with(self.socket(cx)?, |socket| socket.recv_buffer_size())
    }

    /// Sets it, for the greatest effect before the handle [listens](Tcp::listen) or [connects](Tcp::connect): the connection's window depends on it.
    ///
    /// # Errors
    ///
    /// As [`Tcp::set_send_buffer_size`].
    pub fn set_receive_buffer_size(self, cx: &mut Ctx, bytes: usize) -> Result<(), Errno> {
        sys::set_with(self.socket(cx)?, |socket| {
            socket.set_recv_buffer_size(number(bytes))
        })
    }

    /// How the connection fares, by the kernel's account (`TCP_INFO`): round trips, retransmissions, the congestion window. libuv does not have it.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing or without a socket, `ENOTSUP` anywhere but on Linux, `EOPNOTSUPP` if it is no TCP socket.
    pub fn tcp_info(self, cx: &mut Ctx) -> Result<TcpInfo, Errno> {
        sys::tcp_info(self.socket(cx)?)
    }

    fn socket(self, cx: &mut Ctx) -> Result<BorrowedFd<'_>, Errno> {
        self.check(cx)?;
        self.0.fd(cx).ok_or(Errno::EBADF)
    }

    /// Sets an option on the socket; if there is none yet, it is remembered.
    pub(super) fn set_or_want(
        self,
        cx: &mut Ctx,
        set: impl FnOnce(BorrowedFd<'_>) -> Result<(), Errno>,
        want: impl FnOnce(&mut Wanted),
    ) -> Result<(), Errno> {
        self.check(cx)?;
        if let Some(fd) = self.0.fd(cx) {
            return set(fd);
        }
        self.keep(cx, |extra| want(&mut extra.wanted));
        Ok(())
    }
}

/// `uv__tcp_nodelay`.
fn set_nodelay(fd: BorrowedFd<'_>, on: bool) -> Result<(), Errno> {
    sys::set_with(fd, |socket| socket.set_tcp_nodelay(on))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn set_user_timeout(fd: BorrowedFd<'_>, timeout: Option<Duration>) -> Result<(), Errno> {
    let timeout = timeout.map(|timeout| in_whole(timeout, Duration::from_millis(1)));
    sys::set_with(fd, |socket| socket.set_tcp_user_timeout(timeout))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn set_user_timeout(_: BorrowedFd<'_>, _: Option<Duration>) -> Result<(), Errno> {
    Err(Errno::ENOTSUP)
}

fn set_traffic_class(fd: BorrowedFd<'_>, class: u8) -> Result<(), Errno> {
    let set_v4 = || sys::set_with(fd, |socket| socket.set_tos_v4(class.into()));
    if !is_ipv6(fd)? {
        return set_v4();
    }
    sys::set_with(fd, |socket| socket.set_tclass_v6(class.into()))?;
    // Its connections may be IPv4's. Where a socket cannot have both, there are none.
    let _ = set_v4();
    Ok(())
}

fn is_ipv6(fd: BorrowedFd<'_>) -> Result<bool, Errno> {
    Ok(sys::getsockname(fd)?
        .ip()
        .is_some_and(|address| address.is_ipv6()))
}

/// A time in whole units, rounded up: what is rounded down to nothing would mean something else.
pub(super) fn in_whole(time: Duration, unit: Duration) -> Duration {
    let units = time.as_nanos().div_ceil(unit.as_nanos());
    unit.saturating_mul(u32::try_from(units).unwrap_or(u32::MAX))
}

/// A size as the kernel counts it.
fn number(bytes: usize) -> usize {
    bytes.min(i32::MAX as usize)
}
