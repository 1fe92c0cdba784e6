//! Connecting (`uv__tcp_connect`).

use std::net::{SocketAddr, SocketAddrV6};

use uvox_loop::sys::{self, Domain};
use uvox_loop::{Ctx, Errno, emit_around};

use super::tcp::Tcp;

impl Tcp {
    /// Connects (`uv_tcp_connect`). `done` is called from the loop when the attempt ends, with how it ended: `ECONNREFUSED` if nobody listens there, also when the
    /// kernel says so at once; what a [`bind`](Tcp::bind) left to tell; `ECANCELED` if the handle is closed before. Until then the handle
    /// can be written to, which is queued, and be told to read. After a failure it can try again, if the system lets the same socket do so, as Linux does.
    ///
    /// The socket keeps the address that it was bound to, if it was. A link-local IPv6 address without a scope is looked for on the first
    /// interface that has one of its own.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop, RunMode};
    /// use uvox_tcp::uv::Tcp;
    ///
    /// let mut lp = Loop::new()?;
    /// // A port on which nobody listens any more.
    /// let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    /// let tcp = Tcp::new(&mut lp);
    /// tcp.connect(&mut lp, nobody, |cx, tcp, result| {
    ///     assert_eq!(result, Err(Errno::ECONNREFUSED));
    ///     cx.close(tcp, |_| ()).unwrap();
    /// })?;
    /// assert_eq!(tcp.connect(&mut lp, nobody, |_, _, _| ()), Err(Errno::EALREADY));
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing; `EALREADY` if an attempt goes on, `EISCONN` if it is connected or listens; what
    /// else the kernel says at once: `ENETUNREACH` if there is no way there, `EADDRNOTAVAIL` if no port is left, `EAFNOSUPPORT` or `EINVAL` for an address of
    /// another family than the socket's, `EBUSY` if something was written to a socket from elsewhere that was not connected, or waits to be sent on a connection that broke and is not known to have, `EMFILE` or `ENFILE` if there is no descriptor left. `done` is dropped then.
    pub fn connect(
        self,
        cx: &mut Ctx,
        address: SocketAddr,
        done: impl FnOnce(&mut Ctx, Tcp, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        let address = with_scope(address);
        emit_around!(Uv, "tcp.connect" @ self, address = address
            => self.connect_to(cx, address, done))
    }

    fn connect_to(
        self,
        cx: &mut Ctx,
        address: SocketAddr,
        done: impl FnOnce(&mut Ctx, Tcp, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.check_open(cx)?;
        if self.is_connecting(cx) {
            return Err(Errno::EALREADY);
        }
        let was_opened = self.is_readable(cx) || self.is_writable(cx);
        if was_opened && self.fd(cx).is_some_and(|fd| sys::getpeername(fd).is_ok()) {
            return Err(Errno::EISCONN);
        }
        if was_opened && (self.write_queue_size(cx) > 0 || self.is_shutting_down(cx)) {
            // What waits was not for the new peer.
            return Err(Errno::EBUSY);
        }
        if !was_opened {
            self.check_unconnected(cx)?;
        }
        let started = match self.delayed(cx) {
            Some(errno) => Err(errno),
            None => self.start_connect(cx, address)?,
        };
        if was_opened {
            // It came from elsewhere, and the kernel knew better than we did. What it said of it before is not about this attempt.
            self.disconnect(cx)?;
        }
        self.0
            .begin_connect(cx, started, move |cx, stream, result| {
                let tcp = Tcp(stream);
                if tcp.delayed(cx).is_some() {
                    // Now it is told.
                    tcp.keep(cx, |extra| extra.delayed = None);
                }
                done(cx, tcp, result);
            })
    }

    /// Gives the socket to `connect`. What is to be told at once is the error; the rest is what the callback is to hear.
    fn start_connect(self, cx: &mut Ctx, address: SocketAddr) -> Result<Result<(), Errno>, Errno> {
        self.need_socket(cx, Domain::for_address(address))?;
        let fd = self.fd(cx).ok_or(Errno::EBADF)?;
        let mut started = sys::connect(fd, address);
        if started == Err(Errno::ECONNABORTED) {
            // What Linux has to say of an attempt that failed before, and only once.
            started = sys::connect(fd, address);
        }
        match started {
            // OpenBSD means the same by EINVAL.
            Err(Errno::EINVAL) if cfg!(target_os = "openbsd") => Ok(Err(Errno::ECONNREFUSED)),
            Ok(()) | Err(Errno::EINPROGRESS | Errno::ECONNREFUSED) => Ok(started),
            Err(errno) => Err(errno),
        }
    }
}

/// Gives a link-local address that says nothing of it a scope (`uv__ipv6_link_local_scope_id`).
fn with_scope(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() == 0 && v6.ip().is_unicast_link_local() => {
            let scope = sys::link_local_scope().unwrap_or(0);
            SocketAddrV6::new(*v6.ip(), v6.port(), v6.flowinfo(), scope).into()
        }
        _ => address,
    }
}
