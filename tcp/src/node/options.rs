//! Options of the socket (`TCPWrap::SetNoDelay`, `SetKeepAlive`).

use std::time::Duration;

use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::node::{HandleWrap, HandleWrapState};

use super::tcp_wrap::TcpWrap;
use crate::uv::{KeepAlive, Tcp};

/// Options. Those that are set before there is a socket are set on it as soon as there is.
impl TcpWrap {
    /// Whether what is written goes out at once, however little it is (`SetNoDelay`).
    ///
    /// # Errors
    ///
    /// As [`Tcp::nodelay`]; see also [above](TcpWrap).
    pub fn set_no_delay(self, cx: &mut Ctx, enable: bool) -> Result<(), Errno> {
        emit_around!(Base, "base.set_no_delay" @ self.stream_base(), enable = enable
            => self.set(cx, |tcp, cx| tcp.nodelay(cx, enable)))
    }

    /// Whether the other end is asked from time to time if it is still there, first when nothing was received for `delay_secs` (`SetKeepAlive`).
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is to be enabled with a delay of 0, or of more than the kernel counts up to: it is enabled then, with the kernel's times. Before there is
    /// a socket nobody knows that, and it is no error. And as [`Tcp::keepalive`]; see also [above](TcpWrap).
    pub fn set_keep_alive(self, cx: &mut Ctx, enable: bool, delay_secs: u32) -> Result<(), Errno> {
        let delay = Duration::from_secs(delay_secs.into());
        let keepalive = enable.then(|| KeepAlive::after(delay));
        emit_around!(Base, "base.set_keep_alive" @ self.stream_base(), enable = enable, delay_secs = delay_secs
            => self.set(cx, |tcp, cx| tcp.keepalive(cx, keepalive)))
    }

    /// Whether several accepts may wait at once (`SetSimultaneousAccepts`, which Node has on Windows only). Here it changes nothing.
    ///
    /// # Errors
    ///
    /// See [above](TcpWrap).
    pub fn set_simultaneous_accepts(self, cx: &mut Ctx, enable: bool) -> Result<(), Errno> {
        self.set(cx, |tcp, cx| tcp.simultaneous_accepts(cx, enable))
    }

    fn set(
        self,
        cx: &mut Ctx,
        set: impl FnOnce(Tcp, &mut Ctx) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let tcp = self.handle_below(cx)?;
        if self.state(cx) == HandleWrapState::Closed {
            // In its close callback there is nothing to set it on, which is no error.
            return Ok(());
        }
        set(tcp, cx)
    }
}
