//! The end of a server (`close`, `_emitCloseIfDrained`), and the one that Node has not: `shutdown`.

use std::time::Duration;

use uvox_loop::{Ctx, emit, trace};
use uvox_stream::node::HandleWrap;

use super::state::Server;
use crate::env::{self, Timeout};
use crate::net::{Socket, errors};
use crate::{Error, listeners};

/// What became of the connections of a server that was [shut down](Server::shutdown).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shutdown {
    /// They ended by themselves in time.
    pub drained: usize,
    /// They did not, and were reset.
    pub reset: usize,
}

/// A shutdown that goes on, or several, which are one.
#[derive(Default)]
pub(super) struct Draining {
    connections: usize,
    reset: usize,
    timeout: Option<Timeout>,
}

impl Server {
    /// Accepts nobody any more; when the last connection is gone, 'close' follows (`close`). Connections are not touched.
    pub fn close(self, cx: &mut Ctx) {
        listeners::leaf(cx, |cx| close(cx, self));
    }

    /// The same, and calls back at 'close': with `ERR_SERVER_NOT_RUNNING` if it was not listening.
    pub fn close_then(
        self,
        cx: &mut Ctx,
        callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
    ) {
        if self.state(cx).is_none() {
            return env::next_tick(cx, move |cx| callback(cx, Err(errors::not_running())));
        }
        let result = match self.is_listening(cx) {
            true => Ok(()),
            false => Err(errors::not_running()),
        };
        self.once_close(cx, move |cx, _| callback(cx, result));
        self.close(cx);
    }

    /// Accepts nobody any more, and [ends](crate::streams::Duplex::end) all connections: what was written to them still goes out, and what their peers send still comes in,
    /// until these end, too. What is left after `grace` is reset; of Unix-domain sockets, closed. `callback` is called at 'close', and told what became of them. One that does
    /// not listen is shut down, too; of one that is gone `callback` is told, in a tick, that there was nothing. Told twice, it is the same shutdown, with the new grace.
    /// Node has nothing of the kind.
    pub fn shutdown(
        self,
        cx: &mut Ctx,
        grace: Duration,
        callback: impl FnOnce(&mut Ctx, Shutdown) + 'static,
    ) {
        let Some(state) = self.open_state(cx) else {
            return env::next_tick(cx, move |cx| callback(cx, Shutdown::default()));
        };
        let connections = state.connections.clone();
        let was_on = state.draining.is_some();
        let draining = state.draining.get_or_insert_default();
        if !was_on {
            draining.connections = connections.len();
        }
        if let Some(timeout) = draining.timeout.take() {
            timeout.clear(cx);
        }
        let left = connections.clone();
        let timeout = env::set_timeout(cx, grace, move |cx| reset_what_is_left(cx, self, left));
        if let Some(draining) = self.draining(cx) {
            draining.timeout = Some(timeout);
        }
        self.once_close(cx, move |cx, server| {
            let told = server.draining(cx).map(|draining| Shutdown {
                drained: draining.connections.saturating_sub(draining.reset),
                reset: draining.reset,
            });
            server.stop_timeout(cx);
            callback(cx, told.unwrap_or_default());
        });
        self.close(cx);
        for socket in connections {
            socket.end(cx);
        }
    }

    fn draining(self, cx: &mut Ctx) -> Option<&mut Draining> {
        self.state_mut(cx)?.draining.as_mut()
    }

    fn stop_timeout(self, cx: &mut Ctx) {
        let timeout = self
            .draining(cx)
            .and_then(|draining| draining.timeout.take());
        if let Some(timeout) = timeout {
            timeout.clear(cx);
        }
    }

    /// Lets the state go, in the closing phase: of a server that was made to be [kept](super::ServerOptions::keep). One that listens is closed first, and nobody is
    /// told.
    pub fn release(self, cx: &mut Ctx) {
        if let Some(wrap) = self.state_mut(cx).and_then(|state| state.wrap.take()) {
            wrap.close(cx, |_| ());
        }
        self.stop_timeout(cx);
        // It may be on its way out already.
        let _ = cx.close(self.0, |_| ());
    }

    pub(super) fn emit_close_if_drained(self, cx: &mut Ctx) {
        let Some(state) = self.state(cx) else {
            return;
        };
        if state.wrap.is_some() || !state.connections.is_empty() {
            return;
        }
        if let Some(state) = self.state_mut(cx) {
            state.closes += 1;
        }
        env::next_tick(cx, move |cx| {
            let _cause = emit!(Net, "server.close" @ self.0).map(trace::cause);
            self.emit_close(cx);
            self.end_if_over(cx);
        });
    }

    /// 'close' has been emitted: if it was the last one, and it was not told to listen again meanwhile, the state goes.
    fn end_if_over(self, cx: &mut Ctx) {
        let Some(state) = self.state_mut(cx) else {
            return;
        };
        state.draining = None;
        state.closes = state.closes.saturating_sub(1);
        if state.closed && state.closes == 0 && !state.options.keep {
            // It may have been released meanwhile.
            let _ = cx.close(self.0, |_| ());
        }
    }
}

fn close(cx: &mut Ctx, server: Server) {
    let Some(state) = server.state_mut(cx) else {
        return;
    };
    state.listening_id += 1;
    state.closed = true;
    if let Some(wrap) = state.wrap.take() {
        wrap.close(cx, |_| ());
    }
    server.emit_close_if_drained(cx);
}

/// Connections that came later, because it listens again, are not meant.
fn reset_what_is_left(cx: &mut Ctx, server: Server, mut left: Vec<Socket>) {
    left.retain(|socket| !socket.is_destroyed(cx));
    if let Some(draining) = server.draining(cx) {
        draining.timeout = None;
        draining.reset += left.len();
    }
    for socket in left {
        if socket.reset_and_destroy(cx).is_err() {
            socket.destroy(cx);
        }
    }
}
