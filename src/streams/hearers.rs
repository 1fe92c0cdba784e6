//! Who listens to a stream.

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::Ctx;

use super::duplex::Duplex;
use super::events::{Arg, Event, Place};
use crate::listeners::{ListenerId, Tag, in_callback};

/// What listens to an event of a stream.
pub(crate) trait Hear {
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
    #[inline]
    fn hear(&self, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>) {
        let Ok(mut f) = self.0.try_borrow_mut() else {
            return;
        };
        in_callback(cx, move |cx| {
            f(cx, stream, arg);
            // It may be called again by what it brought about.
            drop(f);
        });
    }
}

impl<F: Fn(&mut Ctx, Duplex, &Arg<'_>)> Hear for Machine<F> {
    #[inline]
    fn hear(&self, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>) {
        (self.0)(cx, stream, arg);
    }
}

/// A listener of a stream. It is held by its place in the list, and by whoever calls it.
pub(super) type Hearer = dyn Tagged;

/// What listens, and what is known of it.
pub(super) trait Tagged: Hear {
    fn tag(&self) -> &Tag;
}

struct Listener<H> {
    tag: Tag,
    hear: H,
}

pub(super) fn hearer(how: Place, hear: impl Hear + 'static) -> Rc<Hearer> {
    let tag = Tag::new(how == Place::Once);
    Rc::new(Listener { tag, hear })
}

impl<H: Hear> Tagged for Listener<H> {
    fn tag(&self) -> &Tag {
        &self.tag
    }
}

impl<H: Hear> Hear for Listener<H> {
    #[inline]
    fn hear(&self, cx: &mut Ctx, stream: Duplex, arg: &Arg<'_>) {
        self.hear.hear(cx, stream, arg);
    }
}

/// Who listens to a stream, to whatever event, in the order in which they were added. It is one list for all events, for most streams have two or three
/// listeners, and many have none.
#[derive(Default)]
pub(super) struct Hearers(Vec<Entry>);

struct Entry {
    event: Event,
    /// It is there for once.
    once: bool,
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
        let at = match how {
            Place::Before => 0,
            Place::Behind | Place::Once => self.0.len(),
        };
        // Whoever has many listeners does not pay for each of them with a copy of the others.
        if self.0.len() < 4 * MORE && self.0.len() == self.0.capacity() {
            self.0.reserve_exact(MORE);
        }
        let id = hearer.tag().id;
        let once = how == Place::Once;
        let entry = Entry {
            event,
            once,
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

    /// The one that hears of an event, if it is the only one, and stays.
    #[inline]
    pub(super) fn only_that_stays(&self, event: Event) -> Option<Rc<Hearer>> {
        let mut found: Option<&Entry> = None;
        for entry in &self.0 {
            if entry.event == event && found.replace(entry).is_some() {
                return None;
            }
        }
        let only = found.filter(|entry| !entry.once)?;
        Some(only.hearer.clone())
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
