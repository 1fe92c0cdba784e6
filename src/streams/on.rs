//! Listening to a stream (`on`, `once`, `off`).

use uvox_loop::Ctx;

use super::duplex::Duplex;
use super::events::{Arg, Event, Place};
use super::hearers::{Hear, user};
use super::lent::Lent;
use crate::Error;
use crate::listeners::ListenerId;

/// For events that come alone: `on_…` and `once_…`.
macro_rules! alone {
    ($event:ident, $on:ident, $once:ident, $what:literal) => {
        #[doc = $what]
        ///
        /// Listeners are called in the order in which they were added. To a stream that is gone none is added.
        pub fn $on(self, cx: &mut Ctx, f: impl FnMut(&mut Ctx, Duplex) + 'static) -> ListenerId {
            self.listen(cx, Event::$event, Place::Behind, bare(f))
        }

        #[doc = concat!("The same, once: see [`", stringify!($on), "`](Duplex::", stringify!($on), ").")]
        pub fn $once(
            self,
            cx: &mut Ctx,
            f: impl FnOnce(&mut Ctx, Duplex) + 'static,
        ) -> ListenerId {
            let mut f = Some(f);
            let once = move |cx: &mut Ctx, stream: Duplex| {
                if let Some(f) = f.take() {
                    f(cx, stream);
                }
            };
            self.listen(cx, Event::$event, Place::Once, bare(once))
        }
    };
}

/// For events that come with something.
macro_rules! along {
    ($event:ident, $arg:ident, $type:ty, $on:ident, $once:ident, $what:literal) => {
        #[doc = $what]
        ///
        /// Listeners are called in the order in which they were added. To a stream that is gone none is added.
        pub fn $on(
            self,
            cx: &mut Ctx,
            mut f: impl FnMut(&mut Ctx, Duplex, $type) + 'static,
        ) -> ListenerId {
            let hear = user(move |cx, stream, arg| {
                if let Arg::$arg(arg) = arg {
                    f(cx, stream, arg);
                }
            });
            self.listen(cx, Event::$event, Place::Behind, hear)
        }

        #[doc = concat!("The same, once: see [`", stringify!($on), "`](Duplex::", stringify!($on), ").")]
        pub fn $once(
            self,
            cx: &mut Ctx,
            f: impl FnOnce(&mut Ctx, Duplex, $type) + 'static,
        ) -> ListenerId {
            let mut f = Some(f);
            let hear = user(move |cx, stream, arg| {
                if let Arg::$arg(arg) = arg
                    && let Some(f) = f.take()
                {
                    f(cx, stream, arg);
                }
            });
            self.listen(cx, Event::$event, Place::Once, hear)
        }
    };
}

fn bare(mut f: impl FnMut(&mut Ctx, Duplex) + 'static) -> impl Hear {
    user(move |cx, stream, _| f(cx, stream))
}

impl Duplex {
    along!(
        Data,
        Data,
        &Lent<'_>,
        on_data,
        once_data,
        "Here is data. It is [lent](Lent): whoever wants to keep it says so. Whoever listens to this lets it flow, from a tick on, unless the stream was paused."
    );
    alone!(
        Readable,
        on_readable,
        once_readable,
        "There is data to be [read](Duplex::read), more than before, or the end. As long as somebody listens to this, data does not flow."
    );
    alone!(End, on_end, once_end, "All data has been read.");
    alone!(
        Pause,
        on_pause,
        once_pause,
        "The stream was [paused](Duplex::pause)."
    );
    alone!(
        Resume,
        on_resume,
        once_resume,
        "The stream was [resumed](Duplex::resume), and data begins to flow."
    );
    alone!(
        Drain,
        on_drain,
        once_drain,
        "A [write](Duplex::write) had said that it was enough; now all is out, and there is room."
    );
    alone!(
        Prefinish,
        on_prefinish,
        once_prefinish,
        "All is written, and 'finish' is next."
    );
    alone!(
        Finish,
        on_finish,
        once_finish,
        "The stream was [ended](Duplex::end), and all is written."
    );
    along!(
        Pipe,
        Stream,
        &Duplex,
        on_pipe,
        once_pipe,
        "The stream that comes with it was piped into this one."
    );
    along!(
        Unpipe,
        Stream,
        &Duplex,
        on_unpipe,
        once_unpipe,
        "The stream that comes with it is not piped into this one any more."
    );
    along!(
        Error,
        Error,
        &Error,
        on_error,
        once_error,
        "The stream has failed. It is told once. If nobody listens, it is an error that nobody caught: see [`throw`](crate::env::throw)."
    );
    alone!(
        Close,
        on_close,
        once_close,
        "The stream is over, and nothing more will be emitted."
    );

    /// Takes a listener off (`off`). False if it is not there. One that is taken off while its event is emitted is still called.
    pub fn off(self, cx: &mut Ctx, id: ListenerId) -> bool {
        EVENTS.into_iter().any(|event| self.unlisten(cx, event, id))
    }
}

const EVENTS: [Event; Event::COUNT] = [
    Event::Data,
    Event::Readable,
    Event::End,
    Event::Pause,
    Event::Resume,
    Event::Drain,
    Event::Prefinish,
    Event::Finish,
    Event::Pipe,
    Event::Unpipe,
    Event::Error,
    Event::Close,
];
