//! Listening to a socket (`on`, `once`, `off`).

use uvox_loop::Ctx;

use super::state::Socket;
use crate::Error;
use crate::dns::LookupAddress;
use crate::listeners::{ListenerId, Listeners, on_and_once};
use crate::streams::Lent;

pub(super) type Bare = Box<dyn FnMut(&mut Ctx, Socket)>;
type OnLookup = Box<dyn FnMut(&mut Ctx, Socket, &Looked)>;
type OnAttempt = Box<dyn FnMut(&mut Ctx, Socket, &Attempt)>;

/// Who listens to what a stream does not tell.
#[derive(Default)]
pub(super) struct Listening {
    pub(super) lookup: Listeners<OnLookup>,
    pub(super) attempt: Listeners<OnAttempt>,
    pub(super) connect: Listeners<Bare>,
    pub(super) ready: Listeners<Bare>,
    pub(super) timeout: Listeners<Bare>,
}

/// A name was looked up: what [`Socket::on_lookup`] tells.
#[derive(Clone, Debug)]
pub struct Looked {
    /// An address, or why there is none. Of several each is told.
    pub found: Result<LookupAddress, Error>,
    /// The name.
    pub host: String,
}

/// What happens with one address that is tried: what [`Socket::on_connection_attempt`] tells.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// It begins ('connectionAttempt').
    Begins {
        /// The address or the path.
        address: String,
        /// The port; of a path there is none.
        port: Option<u16>,
        /// 4 or 6; of a path there is none.
        family: Option<u8>,
    },
    /// It has failed ('connectionAttemptFailed').
    Failed {
        /// The address or the path.
        address: String,
        /// The port; of a path there is none.
        port: Option<u16>,
        /// 4 or 6; of a path there is none.
        family: Option<u8>,
        /// Why.
        error: Error,
    },
    /// It took too long, and the next is tried ('connectionAttemptTimeout'). It is given up, but in a [race](super::ConnectOptions::race).
    TimedOut {
        /// The address.
        address: String,
        /// The port.
        port: u16,
        /// 4 or 6.
        family: u8,
    },
}

/// For events that are the stream's and come alone.
macro_rules! of_stream {
    ($on:ident, $once:ident, $what:literal) => {
        #[doc = $what]
        pub fn $on(self, cx: &mut Ctx, mut f: impl FnMut(&mut Ctx, Socket) + 'static) -> ListenerId {
            self.duplex.$on(cx, move |cx, _| f(cx, self))
        }

        #[doc = concat!("The same, once: see [`", stringify!($on), "`](Socket::", stringify!($on), ").")]
        pub fn $once(self, cx: &mut Ctx, f: impl FnOnce(&mut Ctx, Socket) + 'static) -> ListenerId {
            self.duplex.$once(cx, move |cx, _| f(cx, self))
        }
    };
}

/// Listeners are called in the order in which they were added. To a socket that is gone none is added.
impl Socket {
    on_and_once!(
        Socket,
        more,
        listening.connect,
        on_connect,
        once_connect,
        "It is connected."
    );
    on_and_once!(
        Socket,
        more,
        listening.ready,
        on_ready,
        once_ready,
        "It is ready to be used: right after 'connect'."
    );
    on_and_once!(
        Socket,
        more,
        listening.timeout,
        on_timeout,
        once_timeout,
        "Nothing was sent or received for as long as [`Socket::set_timeout`] says. Nothing is done about it."
    );
    of_stream!(
        on_end,
        once_end,
        "The peer has ended, and all has been read."
    );
    of_stream!(
        on_readable,
        once_readable,
        "As [`Duplex::on_readable`](crate::streams::Duplex::on_readable)."
    );
    of_stream!(
        on_drain,
        once_drain,
        "As [`Duplex::on_drain`](crate::streams::Duplex::on_drain)."
    );
    of_stream!(
        on_finish,
        once_finish,
        "It was ended, all is written, and the peer has been told."
    );
    of_stream!(
        on_pause,
        once_pause,
        "As [`Duplex::on_pause`](crate::streams::Duplex::on_pause)."
    );
    of_stream!(
        on_resume,
        once_resume,
        "As [`Duplex::on_resume`](crate::streams::Duplex::on_resume)."
    );

    /// As [`Duplex::on_data`](crate::streams::Duplex::on_data).
    pub fn on_data(
        self,
        cx: &mut Ctx,
        mut f: impl FnMut(&mut Ctx, Socket, &Lent<'_>) + 'static,
    ) -> ListenerId {
        self.duplex
            .on_data(cx, move |cx, _, data| f(cx, self, data))
    }

    /// The same, once.
    pub fn once_data(
        self,
        cx: &mut Ctx,
        f: impl FnOnce(&mut Ctx, Socket, &Lent<'_>) + 'static,
    ) -> ListenerId {
        self.duplex
            .once_data(cx, move |cx, _, data| f(cx, self, data))
    }

    /// Something went wrong; 'close' follows. If nobody listens, it is an error that nobody caught: see [`throw`](crate::env::throw).
    pub fn on_error(
        self,
        cx: &mut Ctx,
        mut f: impl FnMut(&mut Ctx, Socket, &Error) + 'static,
    ) -> ListenerId {
        self.duplex
            .on_error(cx, move |cx, _, error| f(cx, self, error))
    }

    /// The same, once.
    pub fn once_error(
        self,
        cx: &mut Ctx,
        f: impl FnOnce(&mut Ctx, Socket, &Error) + 'static,
    ) -> ListenerId {
        self.duplex
            .once_error(cx, move |cx, _, error| f(cx, self, error))
    }

    /// It is closed, because of an error or not. Nothing comes after this.
    pub fn on_close(
        self,
        cx: &mut Ctx,
        mut f: impl FnMut(&mut Ctx, Socket, bool) + 'static,
    ) -> ListenerId {
        self.duplex.on_close(cx, move |cx, _| {
            let had_error = self.had_error(cx);
            f(cx, self, had_error);
        })
    }

    /// The same, once.
    pub fn once_close(
        self,
        cx: &mut Ctx,
        f: impl FnOnce(&mut Ctx, Socket, bool) + 'static,
    ) -> ListenerId {
        self.duplex.once_close(cx, move |cx, _| {
            let had_error = self.had_error(cx);
            f(cx, self, had_error);
        })
    }

    fn had_error(self, cx: &Ctx) -> bool {
        self.state(cx).is_some_and(|state| state.had_error)
    }

    /// The host's name was looked up.
    pub fn on_lookup(
        self,
        cx: &mut Ctx,
        f: impl FnMut(&mut Ctx, Socket, &Looked) + 'static,
    ) -> ListenerId {
        match self.more(cx) {
            Some(more) => more.listening.lookup.add(Box::new(f)),
            None => ListenerId::next(),
        }
    }

    /// An address is tried, has failed, or has taken too long: Node's three events 'connectionAttempt', 'connectionAttemptFailed' and
    /// 'connectionAttemptTimeout'.
    pub fn on_connection_attempt(
        self,
        cx: &mut Ctx,
        f: impl FnMut(&mut Ctx, Socket, &Attempt) + 'static,
    ) -> ListenerId {
        match self.more(cx) {
            Some(more) => more.listening.attempt.add(Box::new(f)),
            None => ListenerId::next(),
        }
    }

    /// Takes a listener off (`off`), of whatever event it is. False if it is not there.
    pub fn off(self, cx: &mut Ctx, id: ListenerId) -> bool {
        let Some(state) = self.state_mut(cx) else {
            return false;
        };
        let own = state.more.as_mut().is_some_and(|more| {
            let all = &mut more.listening;
            all.connect.remove(id)
                || all.ready.remove(id)
                || all.timeout.remove(id)
                || all.lookup.remove(id)
                || all.attempt.remove(id)
        });
        own || self.duplex.off(cx, id)
    }
}
