//! Ending a connection by a reset.

use std::time::Duration;

use uvox_loop::sys;
use uvox_loop::{Ctx, Errno, emit_around};

use super::tcp::Tcp;

impl Tcp {
    /// Closes the handle as [`Ctx::close`] does, but lets the kernel throw away what it has not sent yet, and send the peer a reset instead of an
    /// end (`uv_tcp_close_reset`).
    ///
    /// ```
    /// use std::io::{ErrorKind, Read};
    /// use uvox_loop::{Errno, Loop, RunMode};
    /// use uvox_tcp::uv::Tcp;
    ///
    /// let mut lp = Loop::new()?;
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let tcp = Tcp::new(&mut lp);
    /// tcp.connect(&mut lp, listener.local_addr()?, |cx, tcp, _| {
    ///     tcp.close_reset(cx, |_| println!("closed")).unwrap();
    /// })?;
    /// let (mut peer, _) = listener.accept()?;
    /// lp.run(RunMode::Default)?;
    /// assert_eq!(peer.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EINVAL` while a shutdown is pending, `EBADF` if the handle is gone, closing or without a socket. It is not closed then, and `callback`
    /// is dropped.
    pub fn close_reset(
        self,
        cx: &mut Ctx,
        callback: impl FnOnce(&mut Ctx) + 'static,
    ) -> Result<(), Errno> {
        self.arm_reset(cx)?;
        cx.close(self, callback)
    }

    /// Sees to it that closing it will be a reset.
    pub(crate) fn arm_reset(self, cx: &mut Ctx) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.reset" @ self => self.linger_no_more(cx))
    }

    fn linger_no_more(self, cx: &mut Ctx) -> Result<(), Errno> {
        self.check(cx)?;
        if self.is_shutting_down(cx) {
            return Err(Errno::EINVAL);
        }
        let fd = self.fd(cx).ok_or(Errno::EBADF)?;
        match sys::set_with(fd, |socket| socket.set_linger(Some(Duration::ZERO))) {
            // On some systems it means that the connection has been shut down.
            Ok(()) | Err(Errno::EINVAL) => Ok(()),
            Err(errno) => Err(errno),
        }
    }
}
