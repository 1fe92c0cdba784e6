//! Keep-alive (`uv__tcp_keepalive`).

use std::os::fd::BorrowedFd;
use std::time::Duration;

use uvox_loop::sys;
use uvox_loop::{Ctx, Errno, emit_around};

use super::options::in_whole;
use super::tcp::Tcp;

/// When a connection on which nothing is sent is asked whether the other end is still there. Times are rounded up to seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    /// How long nothing was received before it is asked first.
    pub idle: Duration,
    /// How long it is waited for an answer before it is asked again.
    pub interval: Duration,
    /// How many questions without an answer end the connection with `ETIMEDOUT`.
    pub count: u32,
}

impl KeepAlive {
    /// As `uv_tcp_keepalive` does it: when it was idle for so long, ten times, every second.
    pub const fn after(idle: Duration) -> KeepAlive {
        KeepAlive {
            idle,
            interval: Duration::from_secs(1),
            count: 10,
        }
    }
}

impl Tcp {
    /// Whether the other end is asked from time to time if it is still there (`uv_tcp_keepalive`, `SO_KEEPALIVE`); `None` ends it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use uvox_loop::{Errno, Loop};
    /// use uvox_tcp::uv::{KeepAlive, Tcp};
    ///
    /// let mut lp = Loop::new()?;
    /// let tcp = Tcp::new(&mut lp);
    /// // There is no socket yet: this is for the one that there will be.
    /// tcp.keepalive(&mut lp, Some(KeepAlive::after(Duration::from_secs(60))))?;
    /// tcp.nodelay(&mut lp, true)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone; `EINVAL` if a time or the count is zero, or more than the kernel counts up to: it asks all the same then, at
    /// its own times. Before there is a socket, nobody knows that, and it is no error.
    pub fn keepalive(self, cx: &mut Ctx, keepalive: Option<KeepAlive>) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.keepalive" @ self, on = keepalive.is_some(), idle_ns = keepalive.map(|one| one.idle) => self.set_or_want(
            cx,
            |fd| set_keepalive(fd, keepalive),
            |wanted| wanted.keepalive = Some(keepalive),
        ))
    }
}

/// Sets it. Times that cannot be leave it switched on, as in libuv.
pub(super) fn set_keepalive(fd: BorrowedFd<'_>, keepalive: Option<KeepAlive>) -> Result<(), Errno> {
    sys::set_with(fd, |socket| socket.set_keepalive(keepalive.is_some()))?;
    let Some(keepalive) = keepalive else {
        return Ok(());
    };
    if keepalive.idle.is_zero() || keepalive.interval.is_zero() || keepalive.count == 0 {
        return Err(Errno::EINVAL);
    }
    set_keepalive_times(fd, keepalive)
}

#[cfg(not(any(target_os = "openbsd", target_os = "haiku")))]
fn set_keepalive_times(fd: BorrowedFd<'_>, keepalive: KeepAlive) -> Result<(), Errno> {
    let times = sys::TcpKeepalive::new()
        .with_time(in_whole(keepalive.idle, Duration::from_secs(1)))
        .with_interval(in_whole(keepalive.interval, Duration::from_secs(1)))
        .with_retries(keepalive.count);
    sys::set_with(fd, |socket| socket.set_tcp_keepalive(&times))
}

#[cfg(any(target_os = "openbsd", target_os = "haiku"))]
fn set_keepalive_times(_: BorrowedFd<'_>, _: KeepAlive) -> Result<(), Errno> {
    // They ask at times of their own.
    Ok(())
}
