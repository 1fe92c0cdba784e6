//! Listening (`uv__pipe_listen`).

use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::uv::Connection;

use super::pipe::Pipe;

impl Pipe {
    /// Waits for connections, of which up to about `backlog` may be ready to be accepted, and calls `on_connection` with each (`uv_listen`): see
    /// [`Stream::listen`](uvox_stream::uv::Stream::listen). [`Pipe::accept`] makes handles of them.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone; `EINVAL` if it is closing, not [bound](Pipe::bind), connecting or connected, or made for passing descriptors.
    pub fn listen(
        self,
        cx: &mut Ctx,
        backlog: i32,
        on_connection: impl FnMut(&mut Ctx, Pipe, Result<Connection, Errno>) + 'static,
    ) -> Result<(), Errno> {
        emit_around!(Uv, "pipe.listen" @ self, backlog = backlog
            => self.begin_listening(cx, backlog, on_connection))
    }

    fn begin_listening(
        self,
        cx: &mut Ctx,
        backlog: i32,
        mut on_connection: impl FnMut(&mut Ctx, Pipe, Result<Connection, Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.check_open(cx)?;
        if !self.has_descriptor(cx) || self.passes_descriptors(cx) {
            return Err(Errno::EINVAL);
        }
        self.0.listen(cx, backlog, move |cx, stream, connection| {
            on_connection(cx, Pipe(stream), connection);
        })
    }
}
