//! The events of a stream, who listens to them, and how they are emitted.

use std::rc::Rc;

use uvox_loop::{Ctx, trace};

use super::chunk::Chunk;
use super::duplex::Duplex;
use super::hearers::{self, Called, Hear, Hearer, hearer};
use super::lent::Lent;
use super::readable;
use crate::listeners::{self, Claim, ListenerId};
use crate::{Error, env};

/// What a stream tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Here is data: see [`Duplex::on_data`].
    Data,
    /// There is data to be read, or the end: see [`Duplex::on_readable`].
    Readable,
    /// All data has been read: see [`Duplex::on_end`].
    End,
    /// Data does not flow any more: see [`Duplex::on_pause`].
    Pause,
    /// Data flows again: see [`Duplex::on_resume`].
    Resume,
    /// What was written is out, there is room again: see [`Duplex::on_drain`].
    Drain,
    /// All is written, but it is not finished yet: see [`Duplex::on_prefinish`].
    Prefinish,
    /// All is written: see [`Duplex::on_finish`].
    Finish,
    /// Another stream is piped into this one: see [`Duplex::on_pipe`].
    Pipe,
    /// And no longer is: see [`Duplex::on_unpipe`].
    Unpipe,
    /// Something went wrong: see [`Duplex::on_error`].
    Error,
    /// It is over: see [`Duplex::on_close`].
    Close,
}

impl Event {
    pub(super) const COUNT: usize = Event::Close as usize + 1;

    /// As Node calls it.
    pub fn name(self) -> &'static str {
        match self {
            Event::Data => "data",
            Event::Readable => "readable",
            Event::End => "end",
            Event::Pause => "pause",
            Event::Resume => "resume",
            Event::Drain => "drain",
            Event::Prefinish => "prefinish",
            Event::Finish => "finish",
            Event::Pipe => "pipe",
            Event::Unpipe => "unpipe",
            Event::Error => "error",
            Event::Close => "close",
        }
    }
}

/// What comes with an event: it is lent to those who listen.
#[derive(Clone, Copy)]
pub(crate) enum Arg<'a> {
    None,
    Data(Lent<'a>),
    Error(&'a Error),
    Stream(Duplex),
}

/// The same, kept until it may be told.
enum Kept {
    None,
    Data(Chunk),
    Error(Error),
    Stream(Duplex),
}

impl Arg<'_> {
    fn keep(self) -> Kept {
        match self {
            Arg::None => Kept::None,
            Arg::Data(lent) => Kept::Data(lent.to_chunk()),
            Arg::Error(error) => Kept::Error(error.clone()),
            Arg::Stream(stream) => Kept::Stream(stream),
        }
    }
}

impl Kept {
    fn lend(&self) -> Arg<'_> {
        match self {
            Kept::None => Arg::None,
            Kept::Data(chunk) => Arg::Data(chunk.lend()),
            Kept::Error(error) => Arg::Error(error),
            Kept::Stream(stream) => Arg::Stream(*stream),
        }
    }
}

/// How a listener is added.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Behind,
    Once,
    Before,
}

impl Duplex {
    pub(crate) fn listen(
        self,
        cx: &mut Ctx,
        event: Event,
        how: Place,
        hear: impl Hear + 'static,
    ) -> ListenerId {
        self.add_hearer(cx, event, how, hearer(how, hear))
    }

    fn add_hearer(self, cx: &mut Ctx, event: Event, how: Place, hearer: Rc<Hearer>) -> ListenerId {
        let Some(state) = self.state_mut(cx) else {
            return ListenerId::next();
        };
        let id = state.listeners.add(event, how, hearer);
        match event {
            _ if how == Place::Before => {}
            Event::Data => readable::data_is_wanted(cx, self),
            Event::Readable => readable::readable_is_wanted(cx, self),
            _ => {}
        }
        id
    }

    /// Takes a listener off, of whatever event it is. False if it is not there.
    pub(crate) fn unlisten(self, cx: &mut Ctx, event: Event, id: ListenerId) -> bool {
        let Some(state) = self.state_mut(cx) else {
            return false;
        };
        if !state.listeners.remove(event, id) {
            return false;
        }
        match event {
            Event::Data => readable::data_is_unwanted(cx, self),
            Event::Readable => env::next_tick(cx, move |cx| readable::recount(cx, self)),
            _ => {}
        }
        true
    }

    pub(super) fn has_listeners(self, cx: &Ctx, event: Event) -> bool {
        self.listener_count(cx, event) > 0
    }

    /// How many listeners an event has (`listenerCount`).
    pub fn listener_count(self, cx: &Ctx, event: Event) -> usize {
        self.state(cx)
            .map_or(0, |state| state.listeners.count(event))
    }

    /// Emits an event: at once, or, inside of a call or a callback of a user's, as soon as that is over. False if nobody listens.
    pub(super) fn emit(self, cx: &mut Ctx, event: Event, arg: Arg<'_>) -> bool {
        let held = listeners::is_held(cx);
        let Some(state) = self.state(cx) else {
            return false;
        };
        let called = match state.listeners.called(event) {
            Called::Nobody => {
                if let Arg::Error(error) = arg {
                    let error = error.clone();
                    listeners::deliver(cx, move |cx| env::throw_now(cx, error));
                }
                return false;
            }
            Called::One(only) if !held => {
                let _cause = self.trace(event);
                self.emit_to(cx, event, only, &arg);
                return true;
            }
            Called::One(only) => vec![only],
            Called::Several(all) => all,
        };
        let _cause = self.trace(event);
        if held {
            self.emit_later(cx, event, called, arg);
            return true;
        }
        for listener in called {
            self.emit_to(cx, event, listener, &arg);
        }
        true
    }

    #[inline]
    fn emit_to(self, cx: &mut Ctx, event: Event, listener: Rc<Hearer>, arg: &Arg<'_>) {
        if self.claim(cx, event, &*listener) {
            self.call(cx, listener, arg);
        }
    }

    #[inline]
    fn trace(self, event: Event) -> Option<trace::Cause> {
        uvox_loop::emit!(Net, "event" @ self.0, event = event.name()).map(trace::cause)
    }

    /// Those that are there now hear of it, and those that are there for once are gone from now on.
    fn emit_later(self, cx: &mut Ctx, event: Event, mut called: Vec<Rc<Hearer>>, arg: Arg<'_>) {
        called.retain(|listener| self.claim(cx, event, &**listener));
        let kept = arg.keep();
        listeners::deliver(cx, move |cx| {
            for listener in called {
                self.call(cx, listener, &kept.lend());
            }
        });
    }

    #[inline]
    fn claim(self, cx: &mut Ctx, event: Event, listener: &Hearer) -> bool {
        match listener.tag().claim() {
            Claim::Stays => true,
            Claim::Spent => false,
            Claim::Once(id) => {
                self.unlisten(cx, event, id);
                true
            }
        }
    }

    #[inline]
    fn call(self, cx: &mut Ctx, listener: Rc<Hearer>, arg: &Arg<'_>) {
        // After an error that nobody caught, nobody is called.
        if !env::is_over(cx) {
            let is_users = listener.is_users();
            hearers::call(cx, listener, is_users, self, arg);
        }
    }
}
