//! Queues that are short most of the time.

use std::collections::VecDeque;

/// A queue whose head is not on the heap: most of those that are ever in use never have a second.
pub(super) struct Short<T> {
    /// `None` only if there are no others either.
    head: Option<T>,
    others: VecDeque<T>,
}

impl<T> Default for Short<T> {
    fn default() -> Short<T> {
        Short {
            head: None,
            others: VecDeque::new(),
        }
    }
}

impl<T> Short<T> {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.head.is_none()
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        usize::from(self.head.is_some()) + self.others.len()
    }

    /// Adds one at the tail.
    #[inline]
    pub(super) fn push(&mut self, item: T) {
        if self.head.is_none() {
            self.head = Some(item);
        } else {
            self.others.push_back(item);
        }
    }

    /// Takes the one at the head.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<T> {
        let item = self.head.take();
        if !self.others.is_empty() {
            self.move_up();
        }
        item
    }

    #[inline(never)]
    fn move_up(&mut self) {
        self.head = self.others.pop_front();
        give_back(&mut self.others);
    }

    /// How many others there is room for.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.others.capacity()
    }
}

/// How many an empty queue has room for at most: one that was long once does not keep its memory for the rest of the connection's life.
pub(super) const KEPT: usize = 64;

/// Gives back what an empty queue will hardly need again.
pub(super) fn give_back<T>(queue: &mut VecDeque<T>) {
    if queue.is_empty() && queue.capacity() > KEPT {
        *queue = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_is_the_first_out() {
        let mut queue = Short::default();
        let (mut next, mut expected) = (0, 0);
        for count in [1, 2, 5, 1, 200, 3] {
            for _ in 0..count {
                queue.push(next);
                next += 1;
            }
            assert_eq!(queue.len(), next - expected);
            // All but one, which the next are behind of.
            while queue.len() > 1 {
                assert_eq!(queue.pop(), Some(expected));
                expected += 1;
            }
        }
        assert_eq!((queue.pop(), queue.pop()), (Some(expected), None));
        assert_eq!((queue.is_empty(), queue.len()), (true, 0));
        assert!(queue.capacity() <= KEPT);
    }
}
