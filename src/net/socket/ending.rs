//! The end of a socket (`destroy`, `destroySoon`, `resetAndDestroy`, `_destroy`).

use uvox_loop::{Ctx, emit, trace};
use uvox_stream::node::HandleWrap;

use super::state::Socket;
use crate::net::errors;
use crate::net::wrap::Wrap;
use crate::streams::{Event, Place, machine};
use crate::{Error, env, listeners};

impl Socket {
    /// Destroys it: nothing more is read or written, the connection is closed, and 'close' follows (`destroy`). Writes that wait fail.
    pub fn destroy(self, cx: &mut Ctx) {
        self.duplex.destroy(cx, None);
    }

    /// The same for a reason: 'error' is emitted before 'close'.
    pub fn destroy_with(self, cx: &mut Ctx, error: Error) {
        self.duplex.destroy(cx, Some(error));
    }

    /// Destroys it when all that was written is out; it is ended at once (`destroySoon`).
    pub fn destroy_soon(self, cx: &mut Ctx) {
        listeners::leaf(cx, |cx| {
            if self.duplex.is_writable(cx) {
                self.duplex.end(cx);
            }
            if self.duplex.writable_finished(cx) {
                return self.destroy(cx);
            }
            let finished = machine(move |cx, duplex, _| duplex.destroy(cx, None));
            self.duplex.listen(cx, Event::Finish, Place::Once, finished);
        });
    }

    /// Destroys it, and resets the connection: the peer is told by an error, and what is on its way is lost. One that is connecting waits for that first
    /// (`resetAndDestroy`). One that is not connected at all fails with `ERR_SOCKET_CLOSED`.
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_HANDLE_TYPE` of what is not TCP, which cannot be reset.
    pub fn reset_and_destroy(self, cx: &mut Ctx) -> Result<(), Error> {
        match self.wrap(cx) {
            None => self.destroy_with(cx, errors::socket_closed()),
            Some(Wrap::Pipe(_)) => return Err(errors::not_tcp()),
            Some(Wrap::Tcp(_)) if self.is_connecting(cx) => {
                self.once_connected(cx, move |cx| self.reset(cx));
            }
            Some(Wrap::Tcp(_)) => self.reset(cx),
        }
        Ok(())
    }

    fn reset(self, cx: &mut Ctx) {
        if let Some(state) = self.state_mut(cx) {
            state.resets = true;
        }
        self.destroy(cx);
    }
}

/// What the stream asks when it is destroyed (`_destroy`).
pub(super) fn destroy(cx: &mut Ctx, socket: Socket, mut error: Option<Error>) {
    let Some(state) = socket.state_mut(cx) else {
        return;
    };
    state.connecting = false;
    let wrap = state.wrap.take();
    let resets = std::mem::take(&mut state.resets);
    let server = state.server.take().map(|server| (server, state.place));
    let idle = state.idle.as_ref().map(|idle| idle.timeout);
    let mut timeouts = [idle, None, None];
    let mut race = None;
    if let Some(more) = &mut state.more {
        let multiple = more.multiple.take();
        timeouts[1] = more.connect_timeout.take();
        timeouts[2] = multiple.and_then(|multiple| multiple.timeout);
        race = more.race.take();
    }
    if let Some(race) = race {
        race.stop(cx);
    }
    for timeout in timeouts.into_iter().flatten() {
        timeout.clear(cx);
    }
    let _cause = emit!(Net, "socket.destroy" @ socket.handle).map(trace::cause);
    socket.leave_flows(cx, error.as_ref());
    match wrap {
        Some(wrap) => {
            if let Err(failed) = close(cx, socket, wrap, resets, error.is_some()) {
                error.get_or_insert(failed);
            }
            socket.duplex.destroyed(cx, error);
        }
        None => {
            if let Some(state) = socket.state_mut(cx) {
                state.had_error = false;
            }
            socket.duplex.destroyed(cx, error);
            env::next_tick(cx, move |cx| socket.duplex.emit_close(cx));
        }
    }
    if let Some((server, place)) = server {
        server.connection_is_gone(cx, place);
    }
}

/// Closes the wrap; 'close' comes when it is closed. A reset that cannot be made is an error, and it is closed without.
fn close(
    cx: &mut Ctx,
    socket: Socket,
    wrap: Wrap,
    resets: bool,
    had_error: bool,
) -> Result<(), Error> {
    let base = wrap.stream_base();
    let (bytes_read, bytes_written) = (base.bytes_read(cx), base.bytes_written(cx));
    socket.duplex.set_fed(cx, false);
    if let Some(state) = socket.state_mut(cx) {
        (state.bytes_read, state.bytes_written) = (bytes_read, bytes_written);
    }
    if let Some(tcp) = wrap.tcp().filter(|_| resets) {
        let Err(errno) = tcp.reset(cx, move |cx| closed(cx, socket, had_error)) else {
            return Ok(());
        };
        wrap.close(cx, move |cx| closed(cx, socket, true));
        return Err(Error::system(errno, "reset"));
    }
    wrap.close(cx, move |cx| closed(cx, socket, had_error));
    Ok(())
}

/// The wrap is closed: says so, and what it was closed for, even if the socket was brought to life again in the meantime.
fn closed(cx: &mut Ctx, socket: Socket, had_error: bool) {
    let _cause = emit!(Net, "socket.close" @ socket.handle).map(trace::cause);
    if let Some(state) = socket.state_mut(cx) {
        state.had_error = had_error;
    }
    env::enter(cx, |cx| socket.duplex.emit_close(cx));
}
