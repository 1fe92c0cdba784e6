//! The timeout of an idle socket (`setStreamTimeout`, `_onTimeout`).

use std::time::Duration;

use uvox_loop::{Ctx, emit, trace};
use uvox_stream::node::HandleWrap;

use super::read;
use super::state::{Idle, Socket};
use crate::env;

impl Socket {
    /// Emits ['timeout'](Socket::on_timeout) when nothing was sent or received for that long, and again after each further such time in which something happened
    /// first; `Duration::ZERO` takes it back (`setTimeout`). Nothing else is done: to end the socket is the listener's. It does not keep the loop alive.
    pub fn set_timeout(self, cx: &mut Ctx, time: Duration) {
        if self.duplex.is_destroyed(cx) {
            return;
        }
        let former = self.state_mut(cx).and_then(|state| state.idle.take());
        let had_one = former.is_some();
        if let Some(former) = former {
            former.timeout.clear(cx);
        }
        if !time.is_zero() {
            let timeout = env::set_idle_timeout(cx, time, move |cx, _| on_timeout(cx, self));
            if let Some(state) = self.state_mut(cx) {
                state.idle = Some(Box::new(Idle { time, timeout }));
            }
        }
        if had_one == time.is_zero() {
            read::hear(cx, self);
        }
    }

    /// How long that is; `Duration::ZERO` if there is no such time (`timeout`).
    pub fn timeout(self, cx: &Ctx) -> Duration {
        let idle = self.state(cx).and_then(|state| state.idle.as_ref());
        idle.map_or(Duration::ZERO, |idle| idle.time)
    }

    /// Something happened: the time begins anew (`_unrefTimer`).
    #[inline]
    pub(super) fn refresh_timeout(self, cx: &mut Ctx) {
        if let Some(idle) = self.state(cx).and_then(|state| state.idle.as_deref()) {
            idle.timeout.refresh(cx);
        }
    }
}

fn on_timeout(cx: &mut Ctx, socket: Socket) {
    let Some(state) = socket.state(cx) else {
        return;
    };
    let last = state.last_write_queue_size;
    let wrap = state.wrap.filter(|_| last > 0);
    if socket.has_flowed(cx) {
        return socket.refresh_timeout(cx);
    }
    if let Some(wrap) = wrap {
        // If less waits than at the last look, a write goes on, and it is not idle.
        let now = wrap.stream_base().write_queue_size(cx);
        if now != last {
            if let Some(state) = socket.state_mut(cx) {
                state.last_write_queue_size = now;
            }
            return socket.refresh_timeout(cx);
        }
    }
    let _cause = emit!(Net, "socket.timeout" @ socket.handle).map(trace::cause);
    socket.emit_timeout(cx);
}
