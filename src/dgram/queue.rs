//! What waits until the socket is bound (`enqueue`, `clearQueue`).

use uvox_loop::Ctx;

use super::socket::Socket;
use crate::listeners::{self, ListenerId};
use crate::{Error, env};

type Action = Box<dyn FnOnce(&mut Ctx) -> Result<(), Error>>;

/// What waits, in order.
pub(super) struct Waiting {
    actions: Vec<Action>,
    on_listening: ListenerId,
}

impl Waiting {
    pub(super) fn push(&mut self, action: Action) {
        self.actions.push(action);
    }
}

/// Does it when 'listening' is emitted, in the place among the listeners of the first that waited; or never, if there is an error first.
pub(super) fn enqueue(
    cx: &mut Ctx,
    socket: Socket,
    action: impl FnOnce(&mut Ctx) -> Result<(), Error> + 'static,
) {
    let waits = |socket: Socket, cx: &Ctx| socket.state(cx).is_some_and(|s| s.waiting.is_some());
    if !waits(socket, cx) {
        let on_listening = socket.once_listening(cx, clear);
        if let Some(state) = socket.state_mut(cx) {
            state.waiting = Some(Waiting {
                actions: Vec::new(),
                on_listening,
            });
        }
    }
    if let Some(waiting) = socket
        .state_mut(cx)
        .and_then(|state| state.waiting.as_mut())
    {
        waiting.push(Box::new(action));
    }
}

fn clear(cx: &mut Ctx, socket: Socket) {
    let waiting = socket.state_mut(cx).and_then(|state| state.waiting.take());
    for action in waiting.into_iter().flat_map(|waiting| waiting.actions) {
        if let Err(error) = action(cx) {
            // Whoever asked for it is long gone, so nobody catches that; what stands behind it is not done, as in Node.
            return listeners::deliver(cx, move |cx| env::throw_now(cx, error));
        }
    }
}

/// There is an error before it was bound: what waits is forgotten, as in Node.
pub(super) fn forget(cx: &mut Ctx, socket: Socket) {
    let waiting = socket.state_mut(cx).and_then(|state| state.waiting.take());
    if let Some(waiting) = waiting {
        socket.off(cx, waiting.on_listening);
    }
}
