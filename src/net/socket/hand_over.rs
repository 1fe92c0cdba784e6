//! A socket's descriptor, given away. Node has nothing of the kind.

use std::os::fd::OwnedFd;

use uvox_loop::{Ctx, Errno, emit};

use super::state::Socket;
use crate::Error;
use crate::net::errors;

impl Socket {
    /// Gives its descriptor away, to other threads, other loops, other programs: the connection is the caller's from now on, with whatever is still in the
    /// kernel. It does not block, and no loop watches it. The socket is destroyed without touching the connection, so the peer notices nothing, and 'close'
    /// follows.
    ///
    /// ```
    /// use std::io::Write;
    /// use uvox::env::Env;
    /// use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions};
    ///
    /// let mut env = Env::new()?;
    /// let options = ServerOptions::new().pause_on_connect(true);
    /// let server = net::create_server(&mut env, options, |cx, server, socket| {
    ///     let mut stream = std::net::TcpStream::from(socket.into_owned_fd(cx).unwrap());
    ///     std::thread::spawn(move || stream.write_all(b"from a thread").unwrap());
    ///     server.close(cx);
    /// });
    /// server.on_listening(&mut env, |cx, server| {
    ///     let port = server.port(cx).unwrap();
    ///     let socket = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap();
    ///     socket.on_data(cx, |_, _, chunk| assert_eq!(*chunk, "from a thread"));
    /// });
    /// server.listen(&mut env, ListenOptions::port(0).host("127.0.0.1"))?;
    /// env.run()?;
    /// # Ok::<(), uvox::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The socket is as it was, and nothing is lost:
    ///
    /// - `ERR_SOCKET_CLOSED` if it is destroyed, or gone;
    /// - `ENOTCONN` if it is not connected yet;
    /// - `ERR_SOCKET_BUSY` while something that was read waits for somebody to take it, while something that was written is not out yet, or the end of it, or
    ///   while it is piped.
    pub fn into_owned_fd(self, cx: &mut Ctx) -> Result<OwnedFd, Error> {
        self.check_quiet(cx)?;
        let stream = self.wrap(cx).and_then(|wrap| wrap.listener(cx));
        let stream = stream.ok_or_else(errors::socket_closed)?;
        if stream.pending_count(cx) > 0 {
            return Err(errors::busy("Descriptors that were received wait"));
        }
        let fd = stream.into_owned_fd(cx).map_err(|errno| match errno {
            Errno::EBUSY => errors::busy("Something that was written is not out yet"),
            errno => Error::system(errno, "into_owned_fd"),
        })?;
        emit!(Net, "socket.into_owned_fd" @ self.handle);
        self.destroy(cx);
        Ok(fd)
    }

    fn check_quiet(self, cx: &mut Ctx) -> Result<(), Error> {
        if self.duplex.is_destroyed(cx) {
            return Err(errors::socket_closed());
        }
        if self.is_pending(cx) {
            return Err(Error::system(Errno::ENOTCONN, "into_owned_fd"));
        }
        if self.has_flow(cx) {
            return Err(errors::busy("It is piped"));
        }
        let has_read = !self.duplex.has_given_all(cx);
        let is_ending = self.duplex.writable_ended(cx) && !self.duplex.writable_finished(cx);
        match () {
            () if has_read => Err(errors::busy("Something that was read waits")),
            () if self.duplex.writable_length(cx) > 0 || is_ending => {
                Err(errors::busy("Something that was written is not out yet"))
            }
            () => Ok(()),
        }
    }
}
