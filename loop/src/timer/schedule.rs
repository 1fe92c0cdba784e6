//! When which timer is due.
//!
//! Each started timer has an item in the heap, but the heap is not kept in step with every change: a timer that is stopped leaves
//! its item behind, and one that is started again for a later time keeps its old item, which then comes up too early and
//! is put where it belongs. So stopping is O(1), and so is pushing a deadline out, which is what a socket's timeout does with
//! every byte. An item is never later than its timer, so the first item that is exact is the next timer.

use super::heap::{Heap, Item};
use super::{Timer, TimerState};
use crate::table::Table;
use crate::{Ctx, Handle, Key, emit, trace};

/// How few items left behind are not worth clearing away.
const FEW: usize = 64;

/// What a timer has to do with time.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    waiting: bool,
    deadline: u64,
    start: u32,
    /// Its item in the heap, in terms of its deadline and start number: never later than its own.
    item: Option<(u64, u32)>,
}

impl Schedule {
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.waiting.then_some(self.deadline)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: Heap,
    /// Items in the heap whose timer is stopped, started earlier, or gone.
    idle_items: usize,
    next_start: u32,
}

impl Timers {
    pub(crate) fn start(&mut self, timer: &mut Schedule, deadline: u64, slot: u32) {
        let start = self.next_start;
        self.next_start = start.wrapping_add(1);
        let was_waiting = std::mem::replace(&mut timer.waiting, true);
        timer.deadline = deadline;
        timer.start = start;
        match timer.item {
            Some((early, _)) if early <= deadline => {
                if !was_waiting {
                    self.idle_items -= 1;
                }
            }
            item => {
                if item.is_some() && was_waiting {
                    self.idle_items += 1;
                }
                timer.item = Some((deadline, start));
                self.heap.push(Item {
                    deadline,
                    start,
                    slot,
                });
            }
        }
    }

    pub(crate) fn stop(&mut self, timer: &mut Schedule) {
        if std::mem::replace(&mut timer.waiting, false) && timer.item.is_some() {
            self.idle_items += 1;
        }
    }

    /// The timer is closing: its item, if it has one, belongs to nobody from now on.
    pub(crate) fn forget(&mut self, timer: &mut Schedule) {
        self.stop(timer);
        timer.item = None;
    }

    /// Clears the heap of items left behind, when they are more than half of it.
    pub(crate) fn compact(&mut self, table: &mut Table) {
        if self.idle_items < FEW || self.idle_items * 2 < self.heap.len() {
            return;
        }
        self.heap.retain(|item| match timer_of(table, *item) {
            Some((_, timer)) if timer.waiting => true,
            Some((_, timer)) => {
                timer.item = None;
                false
            }
            None => false,
        });
        self.idle_items = 0;
    }

    /// The deadline of the next timer.
    pub(crate) fn next_deadline(&mut self, table: &mut Table) -> Option<u64> {
        self.settle(table).map(|item| item.deadline)
    }

    /// Brings the first item up to date, until it is exact.
    fn settle(&mut self, table: &mut Table) -> Option<Item> {
        loop {
            let item = self.heap.first()?;
            match timer_of(table, item) {
                Some((_, timer)) if timer.waiting => {
                    let exact = Item {
                        deadline: timer.deadline,
                        start: timer.start,
                        ..item
                    };
                    if exact == item {
                        return Some(item);
                    }
                    timer.item = Some((exact.deadline, exact.start));
                    self.heap.replace_first(exact);
                }
                left_behind => {
                    if let Some((_, timer)) = left_behind {
                        timer.item = None;
                    }
                    self.idle_items -= 1;
                    self.heap.pop();
                }
            }
        }
    }

    /// Whether any may be due at `now`: the first item is never later than its timer.
    #[inline]
    fn may_be_due(&self, now: u64) -> bool {
        self.heap.first().is_some_and(|item| item.deadline <= now)
    }

    /// Takes the next timer that is due at `now` and was started before the start numbered `before`. One that was started at `now`
    /// or later cannot be due before `now`, so the numbers, which wrap around, are only compared where they are close together.
    fn take_due(&mut self, table: &mut Table, now: u64, before: u32) -> Option<Timer> {
        let item = self.settle(table)?;
        let is_new = item.deadline == now && (item.start.wrapping_sub(before) as i32) >= 0;
        if item.deadline > now || is_new {
            return None;
        }
        self.heap.pop();
        let (key, timer) = timer_of(table, item)?;
        *timer = Schedule::default();
        Some(Timer(Handle::from_key(key)))
    }
}

/// The timer an item stands for, if it still does.
fn timer_of(table: &mut Table, item: Item) -> Option<(Key, &mut Schedule)> {
    let (key, state) = table.state_at::<TimerState>(item.slot)?;
    let timer = &mut state.schedule;
    timer
        .item
        .is_some_and(|(_, start)| start == item.start)
        .then_some((key, timer))
}

impl Ctx {
    /// The timers phase: calls those that are due now, in order. Those that its callbacks start are for the next one: they stand
    /// behind all others that are due, so the first of them is the end. False if the host's time ran out before.
    #[inline]
    pub(crate) fn run_timers(&mut self) -> bool {
        !self.timers.may_be_due(self.now) || self.run_due_timers()
    }

    #[inline(never)]
    fn run_due_timers(&mut self) -> bool {
        let (now, before) = (self.now, self.timers.next_start);
        while let Some(timer) = self.timers.take_due(&mut self.table, now, before) {
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
