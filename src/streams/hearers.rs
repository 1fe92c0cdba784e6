//! Who listens to a stream.

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::Ctx;

use super::duplex::Duplex;
use super::events::{Arg, Event, Place};
use crate::listeners::{ListenerId, Tag, in_callback};

/// What listens to an event of a stream.
pub(crate) trait Hear {
    /// Whether it is a user's, so that nobody else is called until it has returned.
    const IS_USERS: bool;

    fn hear(&self, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>);
}

/// A user's. It is not entered while it runs.
pub(crate) struct User<F>(RefCell<F>);

/// One that streams have among themselves: pipes, and who waits for the end. It can be entered while it runs.
pub(crate) struct Machine<F>(F);

pub(crate) fn user<F: FnMut(&mut Ctx, Duplex, &Arg<'_>)>(f: F) -> User<F> {
    User(RefCell::new(f))
}

pub(crate) fn machine<F: Fn(&mut Ctx, Duplex, &Arg<'_>)>(f: F) -> Machine<F> {
    Machine(f)
}

impl<F: FnMut(&mut Ctx, Duplex, &Arg<'_>)> Hear for User<F> {
    const IS_USERS: bool = true;

    #[inline]
    fn hear(&self, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>) {
        if let Ok(mut f) = self.0.try_borrow_mut() {
            f(cx, stream, arg);
        }
    }
}

impl<F: Fn(&mut Ctx, Duplex, &Arg<'_>)> Hear for Machine<F> {
    const IS_USERS: bool = false;

    #[inline]
    fn hear(&self, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>) {
        (self.0)(cx, stream, arg);
    }
}

/// A listener of a stream. It is held by its place in the list, and by whoever calls it.
pub(super) type Hearer = dyn Listens;

/// What listens, and what is known of it.
pub(super) trait Listens {
    fn tag(&self) -> &Tag;

    /// See [`Hear::IS_USERS`].
    fn is_users(&self) -> bool;

    /// Whoever calls it has hold of it, for it may be taken off meanwhile.
    fn hear(self: Rc<Self>, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>);
}

struct Listener<H> {
    tag: Tag,
    hear: H,
}

pub(super) fn hearer(how: Place, hear: impl Hear + 'static) -> Rc<Hearer> {
    let tag = Tag::new(how == Place::Once);
    Rc::new(Listener { tag, hear })
}

impl<H: Hear> Listens for Listener<H> {
    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn is_users(&self) -> bool {
        H::IS_USERS
    }

    fn hear(self: Rc<Self>, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>) {
        self.hear.hear(cx, stream, arg);
    }
}

/// Calls a listener. What a user's brings about is delivered when it has returned, and may be called again.
#[inline(always)]
pub(super) fn call(
    cx: &mut Ctx,
    listener: Rc<Hearer>,
    is_users: bool,
    stream: Duplex,
    arg: &Arg<'_>,
) {
    match is_users {
        true => in_callback(cx, move |cx| listener.hear(cx, stream, arg)),
        false => listener.hear(cx, stream, arg),
    }
}

/// Who listens to a stream, to whatever event: those of 'data' first, for they are looked for most often. Those of one event stand in the order in which they
/// were added. It is one list, for most streams have two or three listeners, and many have none.
#[derive(Default)]
pub(super) struct Hearers(Vec<Entry>);

struct Entry {
    event: Event,
    /// It is there for once.
    once: bool,
    is_users: bool,
    hearer: Rc<Hearer>,
}

/// The list grows by so many places: twice as many as there are would be too many for most.
const MORE: usize = 2;

/// Those who hear of an event that is emitted now.
pub(super) enum Called {
    Nobody,
    One(Rc<Hearer>),
    Several(Vec<Rc<Hearer>>),
}

impl Hearers {
    pub(super) fn add(&mut self, event: Event, how: Place, hearer: Rc<Hearer>) -> ListenerId {
        let readers = self.0.partition_point(|entry| entry.event == Event::Data);
        let at = match (event, how) {
            (Event::Data, Place::Before) => 0,
            (Event::Data, Place::Behind | Place::Once) | (_, Place::Before) => readers,
            (_, Place::Behind | Place::Once) => self.0.len(),
        };
        // Whoever has many listeners does not pay for each of them with a copy of the others.
        if self.0.len() < 4 * MORE && self.0.len() == self.0.capacity() {
            self.0.reserve_exact(MORE);
        }
        let id = hearer.tag().id;
        let entry = Entry {
            event,
            once: how == Place::Once,
            is_users: hearer.is_users(),
            hearer,
        };
        self.0.insert(at, entry);
        id
    }

    /// Takes one off. False if it is not there.
    pub(super) fn remove(&mut self, event: Event, id: ListenerId) -> bool {
        let is_it = |entry: &Entry| entry.event == event && entry.hearer.tag().id == id;
        let at = self.0.iter().position(is_it);
        at.map(|at| self.0.remove(at)).is_some()
    }

    pub(super) fn count(&self, event: Event) -> usize {
        self.of(event).count()
    }

    /// The one that hears of data, if it is the only one, and stays, and whether it is a user's.
    #[inline(always)]
    pub(super) fn only_reader(&self) -> Option<(Rc<Hearer>, bool)> {
        let (first, others) = self.0.split_first()?;
        if first.event != Event::Data || first.once {
            return None;
        }
        match others.first() {
            Some(next) if next.event == Event::Data => None,
            _ => Some((first.hearer.clone(), first.is_users)),
        }
    }

    #[inline]
    pub(super) fn called(&self, event: Event) -> Called {
        let mut found = None;
        for entry in &self.0 {
            if entry.event == event && found.replace(&entry.hearer).is_some() {
                return Called::Several(self.of(event).cloned().collect());
            }
        }
        match found {
            Some(only) => Called::One(only.clone()),
            None => Called::Nobody,
        }
    }

    fn of(&self, event: Event) -> impl Iterator<Item = &Rc<Hearer>> {
        let all = self.0.iter();
        all.filter_map(move |entry| (entry.event == event).then_some(&entry.hearer))
    }
}
