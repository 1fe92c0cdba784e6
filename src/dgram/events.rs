//! Listening to a socket (`on`, `once`, `off`), and how it tells.

use uvox_loop::Ctx;

use super::queue;
use super::receive::RemoteInfo;
use super::socket::{Socket, SocketState};
use crate::listeners::{self, ListenerId, Listeners, on_and_once};
use crate::{Error, env};

type Bare = Box<dyn FnMut(&mut Ctx, Socket)>;
type MessageListener = dyn FnMut(&mut Ctx, Socket, &[u8], &RemoteInfo);
type OnMessage = Box<MessageListener>;
type OnError = Box<dyn FnMut(&mut Ctx, Socket, &Error)>;

/// Who listens.
#[derive(Default)]
pub(super) struct Listening {
    listening: Listeners<Bare>,
    connect: Listeners<Bare>,
    message: Listeners<OnMessage>,
    error: Listeners<OnError>,
    close: Listeners<Bare>,
}

/// Listeners are called in the order in which they were added. To a socket that is gone none is added.
impl Socket {
    on_and_once!(
        Socket,
        state_mut,
        listening.listening,
        on_listening,
        once_listening,
        "It is bound, and receives."
    );
    on_and_once!(
        Socket,
        state_mut,
        listening.connect,
        on_connect,
        once_connect,
        "It is connected."
    );
    on_and_once!(
        Socket,
        state_mut,
        listening.close,
        on_close,
        once_close,
        "It is closed."
    );

    on_and_once!(
        Socket,
        state_mut,
        listening.message,
        on_message,
        once_message,
        "Here is a datagram. Its bytes are lent until the listener returns: whoever wants to keep them copies them.",
        bytes: &[u8],
        rinfo: &RemoteInfo
    );
    on_and_once!(
        Socket,
        state_mut,
        listening.error,
        on_error,
        once_error,
        "Something went wrong: it could not be bound or connected, a name not be looked up for a send without a callback, or nothing be received. Nothing else \
         follows from it. If nobody listens, it is an error that nobody caught: see [`throw`](crate::env::throw).",
        error: &Error
    );

    /// Takes a listener off (`off`), of whatever event it is. False if it is not there.
    pub fn off(self, cx: &mut Ctx, id: ListenerId) -> bool {
        self.state_mut(cx).is_some_and(|state| {
            let all = &mut state.listening;
            all.listening.remove(id)
                || all.connect.remove(id)
                || all.message.remove(id)
                || all.error.remove(id)
                || all.close.remove(id)
        })
    }

    fn emit_bare(self, cx: &mut Ctx, place: fn(&mut SocketState) -> &mut Listeners<Bare>) {
        listeners::emit(cx, self.0, place, move |f, cx| f(cx, self));
    }

    pub(super) fn emit_listening(self, cx: &mut Ctx) {
        self.emit_bare(cx, |state| &mut state.listening.listening);
    }

    pub(super) fn emit_connect(self, cx: &mut Ctx) {
        self.emit_bare(cx, |state| &mut state.listening.connect);
    }

    pub(super) fn emit_close(self, cx: &mut Ctx) {
        self.emit_bare(cx, |state| &mut state.listening.close);
    }

    /// `held`: no listener may run now, so the datagram has to be kept.
    #[inline]
    pub(super) fn emit_message(self, cx: &mut Ctx, held: bool, bytes: &[u8], rinfo: RemoteInfo) {
        listeners::emit_lent(
            cx,
            held,
            self.0,
            |state| &mut state.listening.message,
            |f, cx| f(cx, self, bytes, &rinfo),
            || {
                let kept = bytes.to_vec();
                move |f: &mut MessageListener, cx: &mut Ctx| f(cx, self, &kept, &rinfo)
            },
        );
    }

    pub(super) fn emit_error(self, cx: &mut Ctx, error: Error) {
        queue::forget(cx, self);
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::dgram::{SocketOptions, create_socket};
    use crate::env::Env;

    #[test]
    fn what_is_lent_is_kept_if_it_has_to_wait() {
        let mut env = Env::new().unwrap();
        let seen = Rc::new(RefCell::new(Vec::new()));
        env::enter(&mut env, |cx| {
            let socket = create_socket(cx, SocketOptions::udp4());
            for number in [1, 2] {
                let seen = seen.clone();
                socket.on_message(cx, move |_, _, bytes, _| {
                    seen.borrow_mut().push((number, bytes.to_vec()));
                });
            }
            listeners::in_callback(cx, |cx| {
                let mut bytes = *b"lent";
                let rinfo = RemoteInfo {
                    sender: None,
                    size: 4,
                    truncated: false,
                };
                socket.emit_message(cx, true, &bytes, rinfo);
                bytes.fill(0);
                assert!(seen.borrow().is_empty());
            });
            let kept = b"lent".to_vec();
            assert_eq!(*seen.borrow(), [(1, kept.clone()), (2, kept)]);
            socket.release(cx);
        });
        env.run().unwrap();
    }
}
