//! Listening to a server (`on`, `once`, `off`), and how it tells.

use uvox_loop::Ctx;
use uvox_tcp::node::AddressInfo;

use super::state::{Server, ServerState};
use crate::listeners::{self, ListenerId, Listeners, on_and_once};
use crate::net::Socket;
use crate::{Error, env};

type Bare = Box<dyn FnMut(&mut Ctx, Server)>;
type OnConnection = Box<dyn FnMut(&mut Ctx, Server, Socket)>;
type OnDrop = Box<dyn FnMut(&mut Ctx, Server, &ConnectionInfo)>;
type OnError = Box<dyn FnMut(&mut Ctx, Server, &Error)>;

/// Who listens.
#[derive(Default)]
pub(super) struct Listening {
    listening: Listeners<Bare>,
    connection: Listeners<OnConnection>,
    dropped: Listeners<OnDrop>,
    error: Listeners<OnError>,
    close: Listeners<Bare>,
}

/// A connection that was closed because there are [too many](Server::set_max_connections); of what is not TCP nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// Our end.
    pub local: Option<AddressInfo>,
    /// The peer's.
    pub remote: Option<AddressInfo>,
}

/// Listeners are called in the order in which they were added. To a server that is gone none is added.
impl Server {
    on_and_once!(
        Server,
        state_mut,
        listening.listening,
        on_listening,
        once_listening,
        "It listens."
    );
    on_and_once!(
        Server,
        state_mut,
        listening.close,
        on_close,
        once_close,
        "It does not listen any more, and its last connection is gone."
    );

    on_and_once!(
        Server,
        state_mut,
        listening.connection,
        on_connection,
        once_connection,
        "Here is a connection.",
        socket: Socket
    );
    on_and_once!(
        Server,
        state_mut,
        listening.dropped,
        on_drop,
        once_drop,
        "There were too many, and one was closed.",
        info: &ConnectionInfo
    );
    on_and_once!(
        Server,
        state_mut,
        listening.error,
        on_error,
        once_error,
        "It cannot listen, or one connection could not be accepted; nothing else follows from it. If nobody listens, it is an error that nobody caught: see \
         [`throw`](crate::env::throw).",
        error: &Error
    );

    /// Takes a listener off (`off`), of whatever event it is. False if it is not there.
    pub fn off(self, cx: &mut Ctx, id: ListenerId) -> bool {
        self.state_mut(cx).is_some_and(|state| {
            let all = &mut state.listening;
            all.listening.remove(id)
                || all.connection.remove(id)
                || all.dropped.remove(id)
                || all.error.remove(id)
                || all.close.remove(id)
        })
    }

    fn emit_bare(self, cx: &mut Ctx, place: fn(&mut ServerState) -> &mut Listeners<Bare>) {
        listeners::emit(cx, self.0, place, move |f, cx| f(cx, self));
    }

    pub(super) fn emit_listening(self, cx: &mut Ctx) {
        self.emit_bare(cx, |state| &mut state.listening.listening);
    }

    pub(super) fn emit_close(self, cx: &mut Ctx) {
        self.emit_bare(cx, |state| &mut state.listening.close);
    }

    pub(super) fn emit_connection(self, cx: &mut Ctx, socket: Socket) {
        listeners::emit(
            cx,
            self.0,
            |state| &mut state.listening.connection,
            move |f, cx| f(cx, self, socket),
        );
    }

    pub(super) fn emit_drop(self, cx: &mut Ctx, info: ConnectionInfo) {
        listeners::emit(
            cx,
            self.0,
            |state| &mut state.listening.dropped,
            move |f, cx| f(cx, self, &info),
        );
    }

    /// Nobody is told of what happens to one that was released.
    pub(super) fn emit_error(self, cx: &mut Ctx, error: Error) {
        if self.open_state(cx).is_none() {
            return;
        }
        let told = error.clone();
        let heard = listeners::emit(
            cx,
            self.0,
            |state| &mut state.listening.error,
            move |f, cx| f(cx, self, &told),
        );
        if !heard {
            listeners::deliver(cx, move |cx| env::throw_now(cx, error));
        }
    }
}
