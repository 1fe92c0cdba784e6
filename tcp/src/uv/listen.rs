//! Listening (`uv__tcp_listen`).

use uvox_loop::sys::Domain;
use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::uv::Connection;

use super::tcp::Tcp;

impl Tcp {
    /// Waits for connections, of which up to about `backlog` may be ready to be accepted, and calls `on_connection` with each (`uv_listen`): see
    /// [`Stream::listen`](uvox_stream::uv::Stream::listen). [`Tcp::accept`] makes handles of them. A handle that is not bound listens on all of the
    /// machine's IPv4 addresses, on a port that the kernel chooses.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop};
    /// use uvox_tcp::uv::Tcp;
    ///
    /// let mut lp = Loop::new()?;
    /// let server = Tcp::new(&mut lp);
    /// server.listen(&mut lp, 128, |cx, _, connection| {
    ///     if let Ok(peer) = connection.and_then(|connection| Tcp::accept(cx, connection)) {
    ///         peer.nodelay(cx, true).unwrap();
    ///     }
    /// })?;
    /// assert_ne!(server.getsockname(&mut lp)?.port(), 0);
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, connecting or connected. `EADDRINUSE` if the address it was [bound](Tcp::bind) to is in
    /// use, be it that `bind` found out or that it shows only now. `EMFILE` or `ENFILE` if there is no descriptor left.
    pub fn listen(
        self,
        cx: &mut Ctx,
        backlog: i32,
        on_connection: impl FnMut(&mut Ctx, Tcp, Result<Connection, Errno>) + 'static,
    ) -> Result<(), Errno> {
        emit_around!(Uv, "tcp.listen" @ self, backlog = backlog
            => self.begin_listening(cx, backlog, on_connection))
    }

    fn begin_listening(
        self,
        cx: &mut Ctx,
        backlog: i32,
        mut on_connection: impl FnMut(&mut Ctx, Tcp, Result<Connection, Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.check_open(cx)?;
        if let Some(errno) = self.delayed(cx) {
            return Err(errno);
        }
        self.need_socket(cx, Domain::IPV4)?;
        self.0.listen(cx, backlog, move |cx, stream, connection| {
            on_connection(cx, Tcp(stream), connection);
        })
    }

    /// Accepted, and of no effect: it is for Windows, to say whether several accepts are pending at a time (`uv_tcp_simultaneous_accepts`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn simultaneous_accepts(self, cx: &mut Ctx, _enable: bool) -> Result<(), Errno> {
        self.check(cx)
    }
}
