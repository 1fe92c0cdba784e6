//! A tracer that keeps what it sees.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Event, Tracer};

/// Keeps the events in memory. Clones share one record, so keep one and give the other to [`set`](super::set).
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    events: Rc<RefCell<Vec<Event>>>,
}

impl Recorder {
    /// An empty record.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// What has been recorded since the start or the last [`clear`](Recorder::clear).
    pub fn events(&self) -> Vec<Event> {
        self.events.borrow().clone()
    }

    /// How many recorded events have this name: how many `"recv"` calls there were, say.
    pub fn count(&self, name: &str) -> usize {
        self.events
            .borrow()
            .iter()
            .filter(|event| event.name == name)
            .count()
    }

    /// Forgets what was recorded.
    pub fn clear(&self) {
        self.events.borrow_mut().clear();
    }
}

impl Tracer for Recorder {
    fn event(&mut self, event: &Event) {
        self.events.borrow_mut().push(event.clone());
    }
}
