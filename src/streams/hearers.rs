//! Who listens to a stream.

use std::rc::Rc;

use super::events::{Event, Hear, Place};
use crate::listeners::{Listener, ListenerId};

/// Who listens to a stream, to whatever event, in the order in which they were added. It is one list for all events, for most streams have two or three
/// listeners, and many have none.
#[derive(Default)]
pub(super) struct Hearers(Vec<(Event, Rc<Listener<Hear>>)>);

/// Those who hear of an event that is emitted now.
pub(super) enum Called {
    Nobody,
    One(Rc<Listener<Hear>>),
    Several(Vec<Rc<Listener<Hear>>>),
}

impl Hearers {
    pub(super) fn add(&mut self, event: Event, how: Place, hear: Hear) -> ListenerId {
        let at = match how {
            Place::Before => 0,
            Place::Behind | Place::Once => self.0.len(),
        };
        let listener = Listener::new(hear, how == Place::Once);
        let id = listener.id();
        self.0.insert(at, (event, Rc::new(listener)));
        id
    }

    /// Takes one off. False if it is not there.
    pub(super) fn remove(&mut self, event: Event, id: ListenerId) -> bool {
        let is_it =
            |(of, listener): &(Event, Rc<Listener<Hear>>)| *of == event && listener.id() == id;
        let at = self.0.iter().position(is_it);
        at.map(|at| self.0.remove(at)).is_some()
    }

    pub(super) fn count(&self, event: Event) -> usize {
        self.of(event).count()
    }

    #[inline]
    pub(super) fn called(&self, event: Event) -> Called {
        let mut found = None;
        for (of, listener) in &self.0 {
            if *of == event && found.replace(listener).is_some() {
                return Called::Several(self.of(event).cloned().collect());
            }
        }
        match found {
            Some(only) => Called::One(only.clone()),
            None => Called::Nobody,
        }
    }

    fn of(&self, event: Event) -> impl Iterator<Item = &Rc<Listener<Hear>>> {
        let all = self.0.iter();
        all.filter_map(move |(of, listener)| (*of == event).then_some(listener))
    }
}
