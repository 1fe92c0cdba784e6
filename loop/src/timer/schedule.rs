//! When which timer is due.
//!
//! Each started timer has an item in the heap, but the heap is not kept in step with every change: a timer that is stopped leaves
//! its item behind, and one that is started again for a later time keeps its old item, which then comes up too early and
//! is put where it belongs. So stopping is O(1), and so is pushing a deadline out, which is what a socket's timeout does with
//! every byte. An item is never later than its timer, so the first item that is exact is the next timer.

use std::collections::VecDeque;

use super::heap::{Heap, Item};
use super::{Timer, TimerState};
use crate::table::Table;
use crate::{Ctx, Handle, Key, emit, trace};

/// How few items left behind are not worth clearing away.
const FEW: usize = 64;

/// What a timer has to do with time.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    phase: Phase,
    deadline: u64,
    start: u32,
    /// Its item in the heap, in terms of its deadline and start number: never later than its own.
    item: Option<(u64, u32)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Stopped,
    /// For its deadline.
    Waiting,
    /// Its deadline came: it stands in the list of those to be called.
    Due,
}

impl Schedule {
    pub(crate) fn deadline(&self) -> Option<u64> {
        (self.phase != Phase::Stopped).then_some(self.deadline)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: Heap,
    /// Items in the heap whose timer is stopped, started earlier, or gone.
    idle_items: usize,
    /// Timers to be called, each as of one start: another start, or a stop, makes that void.
    due: VecDeque<(Key, u32)>,
    next_start: u32,
}

impl Timers {
    pub(crate) fn start(&mut self, timer: &mut Schedule, deadline: u64, slot: u32) {
        let start = self.next_start;
        self.next_start = start.wrapping_add(1);
        let was_waiting = timer.phase == Phase::Waiting;
        timer.phase = Phase::Waiting;
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
        if timer.phase == Phase::Waiting && timer.item.is_some() {
            self.idle_items += 1;
        }
        timer.phase = Phase::Stopped;
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
            Some((_, timer)) if timer.phase == Phase::Waiting => true,
            Some((_, timer)) => {
                timer.item = None;
                false
            }
            None => false,
        });
        self.idle_items = 0;
    }

    /// The deadline of the next timer: 0 if some are due already.
    pub(crate) fn next_deadline(&mut self, table: &mut Table) -> Option<u64> {
        if !self.due.is_empty() {
            return Some(0);
        }
        self.settle(table).map(|item| item.deadline)
    }

    /// Brings the first item up to date, until it is exact.
    fn settle(&mut self, table: &mut Table) -> Option<Item> {
        loop {
            let item = self.heap.first()?;
            match timer_of(table, item) {
                Some((_, timer)) if timer.phase == Phase::Waiting => {
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

    /// Moves the timers that are due from the heap to the list of those to be called.
    fn collect_due(&mut self, table: &mut Table, now: u64) {
        while let Some(item) = self.settle(table)
            && item.deadline <= now
        {
            self.heap.pop();
            if let Some((key, timer)) = timer_of(table, item) {
                timer.item = None;
                timer.phase = Phase::Due;
                self.due.push_back((key, timer.start));
            }
        }
    }

    /// The next timer to be called.
    fn next_due(&mut self, table: &mut Table) -> Option<Timer> {
        loop {
            let (key, start) = self.due.pop_front()?;
            let handle = Handle::<TimerState>::from_key(key);
            let Some(state) = table.state_mut(handle) else {
                continue;
            };
            let timer = &mut state.schedule;
            if timer.phase == Phase::Due && timer.start == start {
                timer.phase = Phase::Stopped;
                return Some(Timer(handle));
            }
        }
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
    /// The timers phase: calls those that are due now, in order, but none that its own callbacks start. False if the host's time ran out
    /// before the end.
    pub(crate) fn run_timers(&mut self) -> bool {
        self.timers.collect_due(&mut self.table, self.now);
        while let Some(timer) = self.timers.next_due(&mut self.table) {
            let _cause = emit!(Loop, "timer.fire" @ timer).map(trace::cause);
            timer.fire(self);
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }
}
