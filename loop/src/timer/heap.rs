//! A four-ary heap of deadlines in one stretch of memory.

/// A timer's entry: sixteen bytes, so that the four children of a node fill one cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// In nanoseconds of the loop's clock.
    pub(crate) deadline: u64,
    /// The how-manieth start this is: of equal deadlines, the one started first comes first.
    pub(crate) start: u32,
    /// The timer's slot in the loop's table.
    pub(crate) slot: u32,
}

impl Item {
    /// Starts are counted modulo 2³²; two that wait for the same nanosecond are never so far apart that it matters.
    #[inline]
    fn before(&self, other: &Item) -> bool {
        self.deadline < other.deadline
            || (self.deadline == other.deadline
                && (self.start.wrapping_sub(other.start) as i32) < 0)
    }
}

const ARITY: usize = 4;

#[derive(Debug, Default)]
pub(crate) struct Heap {
    items: Vec<Item>,
}

impl Heap {
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    #[inline]
    pub(crate) fn first(&self) -> Option<Item> {
        self.items.first().copied()
    }

    pub(crate) fn push(&mut self, item: Item) {
        self.items.push(item);
        self.rise(self.items.len() - 1);
    }

    pub(crate) fn pop(&mut self) -> Option<Item> {
        let last = self.items.pop()?;
        match self.items.first_mut() {
            None => Some(last),
            Some(first) => {
                let popped = std::mem::replace(first, last);
                self.sink(0);
                Some(popped)
            }
        }
    }

    /// Replaces the first item, and puts the new one where it belongs: cheaper than a pop and a push.
    pub(crate) fn replace_first(&mut self, item: Item) {
        if let Some(first) = self.items.first_mut() {
            *first = item;
            self.sink(0);
        }
    }

    /// Keeps only what `keep` says, and restores the order: O(n).
    pub(crate) fn retain(&mut self, keep: impl FnMut(&mut Item) -> bool) {
        self.items.retain_mut(keep);
        for at in (0..self.items.len().div_ceil(ARITY)).rev() {
            self.sink(at);
        }
    }

    fn rise(&mut self, mut at: usize) {
        let item = self.items[at];
        while at > 0 {
            let parent = (at - 1) / ARITY;
            if !item.before(&self.items[parent]) {
                break;
            }
            self.items[at] = self.items[parent];
            at = parent;
        }
        self.items[at] = item;
    }

    fn sink(&mut self, mut at: usize) {
        let Some(&item) = self.items.get(at) else {
            return;
        };
        loop {
            let first = at * ARITY + 1;
            let Some(children) = self.items.get(first..self.items.len().min(first + ARITY)) else {
                break;
            };
            let mut least = 0;
            for (i, child) in children.iter().enumerate().skip(1) {
                if child.before(&children[least]) {
                    least = i;
                }
            }
            match children.get(least) {
                Some(child) if child.before(&item) => {
                    self.items[at] = *child;
                    at = first + least;
                }
                _ => break,
            }
        }
        self.items[at] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pops_in_order_of_deadline_then_start() {
        let mut heap = Heap::default();
        let mut expected = Vec::new();
        let mut seed = 1u64;
        for start in 0..5_000u32 {
            seed = seed
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let item = Item {
                deadline: seed >> 56,
                start,
                slot: 0,
            };
            heap.push(item);
            expected.push(item);
        }
        heap.retain(|item| item.start % 3 != 0);
        expected.retain(|item| item.start % 3 != 0);
        expected.sort_by_key(|item| (item.deadline, item.start));
        let popped: Vec<Item> = std::iter::from_fn(|| heap.pop()).collect();
        assert_eq!(popped, expected);
    }

    #[test]
    fn start_numbers_may_wrap() {
        let early = Item {
            deadline: 1,
            start: u32::MAX,
            slot: 0,
        };
        let late = Item {
            deadline: 1,
            start: 0,
            slot: 0,
        };
        assert!(early.before(&late) && !late.before(&early));
    }

    #[test]
    fn the_first_can_be_replaced() {
        let mut heap = Heap::default();
        for deadline in [5, 3, 9, 7] {
            heap.push(Item {
                deadline,
                start: 0,
                slot: 0,
            });
        }
        heap.replace_first(Item {
            deadline: 8,
            start: 1,
            slot: 0,
        });
        let order: Vec<u64> = std::iter::from_fn(|| heap.pop())
            .map(|item| item.deadline)
            .collect();
        assert_eq!(order, [5, 7, 8, 9]);
    }
}
