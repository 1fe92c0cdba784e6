//! The end of a server (`close`, `_emitCloseIfDrained`), and the one that Node has not: `shutdown`.

use std::time::Duration;

use uvox_loop::{Ctx, emit, trace};
use uvox_stream::node::HandleWrap;

use super::state::Server;
use crate::env::{self, Timeout};
use crate::net::errors;
use crate::{Error, listeners};

/// What became of the connections of a server that was [shut down](Server::shutdown).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shutdown {
    /// They ended by themselves in time.
    pub drained: usize,
    /// They did not, and were reset.
    pub reset: usize,
}

/// A shutdown that goes on.
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

    /// Accepts nobody any more, and ends all connections, after what was written to them; what is left after `grace` is reset. `callback` is called at 'close', and
    /// told what became of them. One that does not listen is shut down, too. Node has nothing of the kind.
    pub fn shutdown(
        self,
        cx: &mut Ctx,
        grace: Duration,
        callback: impl FnOnce(&mut Ctx, Shutdown) + 'static,
    ) {
        let Some(state) = self.state_mut(cx) else {
            return env::next_tick(cx, move |cx| callback(cx, Shutdown::default()));
        };
        let connections = state.connections.clone();
        let former = state.draining.take();
        if let Some(timeout) = former.and_then(|draining| draining.timeout) {
            timeout.clear(cx);
        }
        let timeout = env::set_timeout(cx, grace, move |cx| reset_what_is_left(cx, self));
        if let Some(state) = self.state_mut(cx) {
            state.draining = Some(Draining {
                connections: connections.len(),
                reset: 0,
                timeout: Some(timeout),
            });
        }
        self.once_close(cx, move |cx, server| {
            let draining = server.state_mut(cx).and_then(|state| state.draining.take());
            let Some(draining) = draining else {
                return callback(cx, Shutdown::default());
            };
            if let Some(timeout) = draining.timeout {
                timeout.clear(cx);
            }
            callback(
                cx,
                Shutdown {
                    drained: draining.connections - draining.reset,
                    reset: draining.reset,
                },
            );
        });
        self.close(cx);
        for socket in connections {
            socket.destroy_soon(cx);
        }
    }

    /// Lets the state go, in the closing phase: of a server that was made to be [kept](super::ServerOptions::keep). One that listens is closed first, and nobody is
    /// told.
    pub fn release(self, cx: &mut Ctx) {
        if let Some(wrap) = self.state_mut(cx).and_then(|state| state.wrap.take()) {
            wrap.close(cx, |_| ());
        }
        let _ = cx.close(self.0, |_| ());
    }

    pub(super) fn emit_close_if_drained(self, cx: &mut Ctx) {
        let Some(state) = self.state(cx) else {
            return;
        };
        if state.wrap.is_some() || !state.connections.is_empty() {
            return;
        }
        env::next_tick(cx, move |cx| {
            let _cause = emit!(Net, "server.close" @ self.0).map(trace::cause);
            self.emit_close(cx);
            let over = |state: &super::ServerState| {
                state.wrap.is_none() && !state.looks_up && !state.options.keep
            };
            if self.state(cx).is_some_and(over) {
                let _ = cx.close(self.0, |_| ());
            }
        });
    }
}

fn close(cx: &mut Ctx, server: Server) {
    let Some(state) = server.state_mut(cx) else {
        return;
    };
    state.listening_id += 1;
    state.looks_up = false;
    if let Some(wrap) = state.wrap.take() {
        wrap.close(cx, |_| ());
    }
    server.emit_close_if_drained(cx);
}

fn reset_what_is_left(cx: &mut Ctx, server: Server) {
    let Some(state) = server.state_mut(cx) else {
        return;
    };
    let left = state.connections.clone();
    if let Some(draining) = &mut state.draining {
        draining.timeout = None;
        draining.reset = left.len().min(draining.connections);
    }
    for socket in left {
        if socket.reset_and_destroy(cx).is_err() {
            socket.destroy(cx);
        }
    }
}
