//! When which timer is due.
//!
//! Each started timer has an item in the heap, but the heap is not kept in step with every change: a timer that is stopped leaves
//! its item behind, and one that is started again for a later time keeps its old item, which then comes up too early and
//! is put where it belongs. So stopping is O(1), and so is pushing a deadline out, which is what a socket's timeout does with
//! every byte. An item is never later than its timer, so the first item that is exact is the next timer.
//!
//! The timers phase begins by taking all that are due out of the heap ([`Timers::collect`]), and calls those then, one after the other
//! ([`due`](super::due)). What callbacks do meanwhile to one that is still to be called shows when it is looked up: it does not wait
//! any more, or was started anew. What they start goes into the heap, and so waits for the next phase.

use std::num::NonZeroU64;

use super::due::Due;
use super::heap::{Heap, Item};
use super::{Timer, TimerState};
use crate::table::Table;
use crate::{Ctx, Handle, Key, emit, trace};

/// How few items left behind are not worth clearing away.
const FEW: usize = 64;

/// As long as no more than one in so many items of the heap is due, they are popped. To look at each, and to restore the order, takes
/// about as long as that, so whichever it is, it takes twice as long as the better at most.
const POPPED: usize = 64;

/// A time at which nothing is due: no deadline is 0.
const NEVER: u64 = 0;

/// What a timer has to do with time.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    /// When it is due, if it waits for that.
    deadline: Option<NonZeroU64>,
    /// Of its item in the heap, if it has one: never later than its own.
    item_deadline: Option<NonZeroU64>,
    start: u32,
    item_start: u32,
}

impl Schedule {
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.deadline.map(NonZeroU64::get)
    }

    /// The item that would be exact, if it waits.
    #[inline]
    fn exact(&self, slot: u32) -> Option<Item> {
        Some(Item {
            deadline: self.deadline?.get(),
            start: self.start,
            slot,
        })
    }

    /// It waits for nothing any more.
    #[inline]
    pub(super) fn taken(&mut self) {
        self.deadline = None;
    }

    #[inline]
    fn set_item(&mut self, item: Item) {
        self.item_deadline = NonZeroU64::new(item.deadline);
        self.item_start = item.start;
    }
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: Heap,
    /// Those that were due when the phase began, or an earlier one that was cut short, and are still to be called.
    due: Due,
    /// Items in the heap whose timer is stopped, started earlier, or gone.
    idle_items: usize,
    next_start: u32,
}

/// What became of an item's timer.
enum Fate {
    /// It is due: this would be its exact item, and it has none in the heap any more.
    Due(Item),
    /// It waits, for this at the earliest, and this is its item now.
    Waits(Item),
    /// It does not wait, or has another item, or is gone.
    Idle,
}

impl Timers {
    #[inline]
    pub(crate) fn start(&mut self, timer: &mut Schedule, deadline: u64, slot: u32) {
        // The clock began before any loop did, so that no deadline is 0; if it were, one nanosecond late.
        let deadline = NonZeroU64::new(deadline).unwrap_or(NonZeroU64::MIN);
        let start = self.next_start;
        self.next_start = start.wrapping_add(1);
        let waited = timer.deadline.replace(deadline).is_some();
        timer.start = start;
        match timer.item_deadline {
            Some(early) if early <= deadline => self.idle_items -= usize::from(!waited),
            former => {
                self.idle_items += usize::from(former.is_some() && waited);
                let item = Item {
                    deadline: deadline.get(),
                    start,
                    slot,
                };
                timer.set_item(item);
                self.heap.push(item);
            }
        }
    }

    #[inline]
    pub(crate) fn stop(&mut self, timer: &mut Schedule) {
        if timer.deadline.take().is_some() && timer.item_deadline.is_some() {
            self.idle_items += 1;
        }
    }

    /// The timer is closing: its item, if it has one, belongs to nobody from now on.
    pub(crate) fn forget(&mut self, timer: &mut Schedule) {
        self.stop(timer);
        timer.item_deadline = None;
    }

    /// Clears the heap of items left behind, when they are more than half of it.
    #[inline]
    pub(crate) fn compact(&mut self, table: &mut Table) {
        if self.idle_items >= FEW && self.idle_items * 2 > self.heap.len() {
            self.clear_idle(table);
        }
    }

    #[inline(never)]
    fn clear_idle(&mut self, table: &mut Table) {
        self.heap.retain(|item| match fate(table, *item, NEVER) {
            Fate::Waits(exact) => {
                *item = exact;
                true
            }
            _ => false,
        });
        self.idle_items = 0;
    }

    /// The deadline of the next timer.
    pub(crate) fn next_deadline(&mut self, table: &mut Table) -> Option<u64> {
        if let Some(item) = self.due.first(table) {
            return Some(item.deadline);
        }
        loop {
            let item = self.heap.first()?;
            match fate(table, item, NEVER) {
                Fate::Waits(exact) if exact == item => return Some(item.deadline),
                Fate::Waits(exact) => self.heap.replace_first(exact),
                _ => self.pop_idle(),
            }
        }
    }

    fn pop_idle(&mut self) {
        self.idle_items -= 1;
        self.heap.pop();
    }

    /// Whether any may be due at `now`: the first item is never later than its timer.
    #[inline]
    fn may_be_due(&self, now: u64) -> bool {
        self.heap.first().is_some_and(|item| item.deadline <= now) || !self.due.is_empty()
    }

    /// Takes those that are due at `now` out of the heap: behind those that were due before, and are still to be called.
    fn collect(&mut self, table: &mut Table, now: u64) {
        self.due.begin();
        for _ in 0..=self.heap.len() / POPPED {
            let Some(item) = self.heap.first().filter(|item| item.deadline <= now) else {
                return self.due.sort(self.next_start);
            };
            match fate(table, item, now) {
                Fate::Due(exact) => {
                    self.heap.pop();
                    self.due.push(exact);
                }
                Fate::Waits(exact) => self.heap.replace_first(exact),
                Fate::Idle => self.pop_idle(),
            }
        }
        self.collect_many(table, now);
    }

    /// The same, when there are so many that it is quicker to look at all there are, one beside the other in memory.
    #[inline(never)]
    fn collect_many(&mut self, table: &mut Table, now: u64) {
        self.heap.retain(|item| {
            if item.deadline > now {
                return true;
            }
            match fate(table, *item, now) {
                Fate::Due(exact) => self.due.push(exact),
                Fate::Idle => self.idle_items -= 1,
                Fate::Waits(exact) => {
                    *item = exact;
                    return true;
                }
            }
            false
        });
        self.due.sort(self.next_start);
    }
}

/// What became of the timer that an item stands for; the timer's own notes of its item are brought up to date.
#[inline(always)]
fn fate(table: &mut Table, item: Item, now: u64) -> Fate {
    let Some((_, timer)) = timer_at(table, item.slot) else {
        return Fate::Idle;
    };
    if timer.item_deadline.is_none() || timer.item_start != item.start {
        return Fate::Idle;
    }
    match timer.exact(item.slot) {
        Some(exact) if exact.deadline > now => {
            timer.set_item(exact);
            Fate::Waits(exact)
        }
        exact => {
            timer.item_deadline = None;
            exact.map_or(Fate::Idle, Fate::Due)
        }
    }
}

#[inline]
fn timer_at(table: &mut Table, slot: u32) -> Option<(Key, &mut Schedule)> {
    let (key, state) = table.state_at::<TimerState>(slot)?;
    Some((key, &mut state.schedule))
}

/// The timer that an item which left the heap stands for, if it still waits for what it waited for then.
#[inline]
pub(super) fn still_due(table: &mut Table, item: Item) -> Option<(Key, &mut Schedule)> {
    let (key, timer) = timer_at(table, item.slot)?;
    (timer.exact(item.slot) == Some(item)).then_some((key, timer))
}

impl Ctx {
    /// The timers phase: calls those that are due now, in order. Those that its callbacks start are for the next one. False if the host's
    /// time ran out before.
    #[inline]
    pub(crate) fn run_timers(&mut self) -> bool {
        !self.timers.may_be_due(self.now) || self.run_due_timers()
    }

    #[inline(never)]
    fn run_due_timers(&mut self) -> bool {
        self.timers.collect(&mut self.table, self.now);
        while let Some(key) = self.timers.due.take(&mut self.table) {
            let timer = Timer(Handle::from_key(key));
            let _cause = emit!(Loop, "timer.fire" @ timer).map(trace::cause);
            timer.fire(self);
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use crate::{Loop, Timer};

    #[test]
    fn a_timer_waits_through_two_billion_starts_of_others() {
        let mut lp = Loop::new().unwrap();
        let fired = Rc::new(Cell::new(0));
        for start in [0, 1 << 31, u32::MAX] {
            lp.timers.next_start = start;
            let (timer, count) = (Timer::new(&mut lp), fired.clone());
            let minute = Duration::from_secs(60);
            timer
                .start(&mut lp, minute, Duration::ZERO, move |_, _| {
                    count.set(count.get() + 1)
                })
                .unwrap();
        }
        lp.timers.next_start = (1 << 31) + 1;
        lp.now += 61_000_000_000;
        assert!(lp.cx.run_timers());
        assert_eq!(fired.get(), 3);
    }
}
