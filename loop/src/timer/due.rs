//! The timers that are due, in the order in which they are called.

use std::hint;

use super::heap::Item;
use super::schedule::still_due;
use crate::Key;
use crate::table::Table;

/// How many are looked up at once, ahead of their calls. Of a million timers hardly one is in the cache; looked up one by one, each with a
/// callback behind it, each would be waited for alone.
const AHEAD: usize = 16;

/// How many there may have been whose memory is kept for the next time.
const KEPT: usize = 4096;

/// A list of items that left the heap. The timers themselves do not know of it: whether one is still to be called is seen when its turn comes.
#[derive(Debug, Default)]
pub(super) struct Due {
    items: Vec<Item>,
    /// Those before it were called.
    next: usize,
}

impl Due {
    /// Whether nobody is still to be called.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Others follow. They are later than those that are left of a phase that was cut short: of what was due then, all were taken, and what is started since
    /// is due at that time at the earliest, and was started later.
    pub(super) fn begin(&mut self) {
        self.items.drain(..self.next);
        self.next = 0;
    }

    pub(super) fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Puts them in order, which they may be in already. Starts are counted modulo 2³²; `next_start` is what the next would be numbered.
    pub(super) fn sort(&mut self, next_start: u32) {
        self.items.sort_unstable_by_key(|item| {
            // One number, since numbers are compared without a branch.
            u128::from(item.deadline) << 32 | u128::from(item.start.wrapping_sub(next_start))
        });
    }

    /// The first that is still to be called.
    pub(super) fn first(&mut self, table: &mut Table) -> Option<Item> {
        while let Some(&item) = self.items.get(self.next) {
            if still_due(table, item).is_some() {
                return Some(item);
            }
            self.next += 1;
        }
        self.clear();
        None
    }

    /// Takes the first that is still to be called. It waits for nothing any more.
    #[inline]
    pub(super) fn take(&mut self, table: &mut Table) -> Option<Key> {
        while let Some(&item) = self.items.get(self.next) {
            if self.next.is_multiple_of(AHEAD) && self.items.len() > AHEAD {
                self.look_ahead(table);
            }
            self.next += 1;
            if let Some((key, timer)) = still_due(table, item) {
                timer.taken();
                return Some(key);
            }
        }
        self.clear();
        None
    }

    /// Brings the next few into the cache. Their callbacks may yet change them, so what is seen now is not kept.
    fn look_ahead(&self, table: &mut Table) {
        let next = self.items.iter().skip(self.next).take(AHEAD);
        let due = next.filter(|item| still_due(table, **item).is_some());
        hint::black_box(due.count());
    }

    fn clear(&mut self) {
        self.next = 0;
        self.items.clear();
        self.items.shrink_to(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_in_order_though_their_numbers_wrap() {
        let mut due = Due::default();
        let starts = [1, u32::MAX, 1 << 31, 0, u32::MAX - 1];
        for (deadline, start) in [7, 5].into_iter().flat_map(|d| starts.map(|s| (d, s))) {
            let slot = 0;
            due.push(Item {
                deadline,
                start,
                slot,
            });
        }
        due.sort(2);
        let sorted: Vec<_> = due.items.iter().map(|i| (i.deadline, i.start)).collect();
        let order = [1 << 31, u32::MAX - 1, u32::MAX, 0, 1];
        let expected: Vec<_> = [5, 7]
            .into_iter()
            .flat_map(|d| order.map(|s| (d, s)))
            .collect();
        assert_eq!(sorted, expected);
    }
}
