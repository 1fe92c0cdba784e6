//! What callbacks saw.

use std::cell::RefCell;
use std::rc::Rc;

/// A list that callbacks write and the scenario reads. Clones share it.
#[derive(Debug)]
pub struct Seen<T = &'static str>(Rc<RefCell<Vec<T>>>);

impl<T> Clone for Seen<T> {
    fn clone(&self) -> Seen<T> {
        Seen(self.0.clone())
    }
}

impl<T> Default for Seen<T> {
    fn default() -> Seen<T> {
        Seen(Rc::default())
    }
}

impl<T: Clone> Seen<T> {
    /// An empty one.
    pub fn new() -> Seen<T> {
        Seen::default()
    }

    /// Adds something at the end.
    pub fn add(&self, what: T) {
        self.0.borrow_mut().push(what);
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much there is.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// All of it.
    pub fn all(&self) -> Vec<T> {
        self.0.borrow().clone()
    }

    /// What was seen since the last time.
    pub fn take(&self) -> Vec<T> {
        self.0.take()
    }
}
