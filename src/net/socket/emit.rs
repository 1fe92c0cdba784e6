//! How a socket tells what a stream does not: on its way to a connection, and when it is idle.

use uvox_loop::Ctx;

use super::events::{Attempt, Listening, Looked};
use super::state::{Socket, SocketState};
use crate::listeners::{self, Listeners};

impl SocketState {
    fn listening(&mut self) -> &mut Listening {
        &mut self.more.get_or_insert_default().listening
    }
}

impl Socket {
    fn emit(
        self,
        cx: &mut Ctx,
        place: fn(&mut SocketState) -> &mut Listeners<super::events::Bare>,
    ) {
        if self.state(cx).is_some_and(|state| state.more.is_some()) {
            listeners::emit(cx, self.handle, place, move |f, cx| f(cx, self));
        }
    }

    pub(super) fn emit_connect(self, cx: &mut Ctx) {
        self.emit(cx, |state| &mut state.listening().connect);
    }

    pub(super) fn emit_ready(self, cx: &mut Ctx) {
        self.emit(cx, |state| &mut state.listening().ready);
    }

    pub(super) fn emit_timeout(self, cx: &mut Ctx) {
        self.emit(cx, |state| &mut state.listening().timeout);
    }

    pub(super) fn emit_lookup(self, cx: &mut Ctx, looked: Looked) {
        listeners::emit(
            cx,
            self.handle,
            |state| &mut state.listening().lookup,
            move |f, cx| f(cx, self, &looked),
        );
    }

    pub(super) fn emit_attempt(self, cx: &mut Ctx, attempt: Attempt) {
        listeners::emit(
            cx,
            self.handle,
            |state| &mut state.listening().attempt,
            move |f, cx| f(cx, self, &attempt),
        );
    }

    /// Does `f` when it is connected, in its place among the listeners of 'connect'.
    pub(super) fn once_connected(self, cx: &mut Ctx, f: impl FnOnce(&mut Ctx) + 'static) {
        let mut f = Some(f);
        if let Some(more) = self.more(cx) {
            more.listening.connect.add_once(Box::new(move |cx, _| {
                if let Some(f) = f.take() {
                    f(cx);
                }
            }));
        }
    }
}
