//! Timeouts by their durations: a list for each, and a queue of the lists (`timerListMap`, `timerListQueue`).
//!
//! In a list all timeouts have the same duration, so it is in order if each that is started goes to its end: to start one anew costs the same few
//! steps, however many there are. Only the list as a whole has a place in an order that takes more to keep: by when its first can be due. That
//! may be too early, for the first may have been started anew since; then it is put right when the time comes.

use std::collections::{BTreeSet, HashMap};

use slab::Slab;
use uvox_loop::Ctx;

use super::timeout::Timeout;

/// What is called more than once.
pub(super) type OnTimeout = Box<dyn FnMut(&mut Ctx, Timeout)>;

/// What a timeout does when it is due.
pub(super) enum Action {
    /// Once, and then it is gone.
    Once(Box<dyn FnOnce(&mut Ctx)>),
    /// Again and again.
    Every(OnTimeout),
    /// When it is due, and again if it is started anew after that.
    Each(OnTimeout),
    /// It is running.
    Running,
}

/// One timeout. Times are in nanoseconds of the loop's clock.
struct Entry {
    serial: u64,
    duration: u64,
    started: u64,
    referenced: bool,
    /// Its neighbours in the list of its duration, if it is in there.
    linked: Option<Neighbours>,
    action: Action,
}

#[derive(Clone, Copy, Default)]
struct Neighbours {
    before: Option<usize>,
    after: Option<usize>,
}

/// The timeouts of one duration, in the order in which they were started.
struct List {
    expiry: u64,
    number: u64,
    first: usize,
    last: usize,
}

#[derive(Default)]
pub(super) struct Lists {
    entries: Slab<Entry>,
    lists: HashMap<u64, List>,
    /// Of each list: when its first can be due, its number, its duration.
    queue: BTreeSet<(u64, u64, u64)>,
    last_serial: u64,
    last_list: u64,
    /// How many that are in a list keep the loop alive.
    holding: usize,
}

impl Lists {
    /// Makes one, and starts it.
    pub(super) fn add(
        &mut self,
        now: u64,
        duration: u64,
        referenced: bool,
        action: Action,
    ) -> Timeout {
        self.last_serial += 1;
        let serial = self.last_serial;
        let slot = self.entries.insert(Entry {
            serial,
            duration,
            started: now,
            referenced,
            linked: None,
            action,
        });
        self.link(slot, now);
        Timeout { slot, serial }
    }

    fn get(&self, timeout: Timeout) -> Option<&Entry> {
        let entry = self.entries.get(timeout.slot)?;
        (entry.serial == timeout.serial).then_some(entry)
    }

    fn get_mut(&mut self, timeout: Timeout) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(timeout.slot)?;
        (entry.serial == timeout.serial).then_some(entry)
    }

    /// Whether it waits to be due.
    pub(super) fn is_waiting(&self, timeout: Timeout) -> bool {
        self.get(timeout)
            .is_some_and(|entry| entry.linked.is_some())
    }

    pub(super) fn is_referenced(&self, timeout: Timeout) -> Option<bool> {
        Some(self.get(timeout)?.referenced)
    }

    pub(super) fn set_referenced(&mut self, timeout: Timeout, referenced: bool) {
        let Some(entry) = self.get_mut(timeout) else {
            return;
        };
        let before = std::mem::replace(&mut entry.referenced, referenced);
        if entry.linked.is_some() {
            self.holding -= usize::from(before);
            self.holding += usize::from(referenced);
        }
    }

    /// Starts one anew, whether it waits or was due before. False if it is gone.
    pub(super) fn refresh(&mut self, timeout: Timeout, now: u64) -> bool {
        let Some(entry) = self.get_mut(timeout) else {
            return false;
        };
        match entry.linked {
            // It is the last already, maybe the only one. When the list's time comes it will be seen that it was too early.
            Some(Neighbours { after: None, .. }) => entry.started = now,
            Some(_) => {
                self.unlink(timeout.slot);
                self.link(timeout.slot, now);
            }
            None => self.link(timeout.slot, now),
        }
        true
    }

    /// Takes one out for good, and hands out what it would have done.
    pub(super) fn remove(&mut self, timeout: Timeout) -> Option<Action> {
        if self.get(timeout)?.linked.is_some() {
            self.unlink(timeout.slot);
        }
        Some(self.entries.remove(timeout.slot).action)
    }

    /// When the first can be due, and whether any keeps the loop alive.
    pub(super) fn next(&self) -> Option<(u64, bool)> {
        let (expiry, _, _) = self.queue.first()?;
        Some((*expiry, self.holding > 0))
    }

    /// Takes the next one that is due out of its list, and its action out of it.
    pub(super) fn take_due(&mut self, now: u64) -> Option<(Timeout, Action)> {
        loop {
            let &(expiry, _, duration) = self.queue.first()?;
            if expiry > now {
                return None;
            }
            let slot = self.lists.get(&duration)?.first;
            let entry = self.entries.get_mut(slot)?;
            let due = entry.started.saturating_add(duration);
            if due > now {
                self.put_off(duration, due);
                continue;
            }
            let action = std::mem::replace(&mut entry.action, Action::Running);
            let timeout = Timeout {
                slot,
                serial: entry.serial,
            };
            self.unlink(slot);
            return Some((timeout, action));
        }
    }

    /// Gives one that ran its action back, and starts it again if it repeats itself: it counts from `began`, when it was called. What is left of one that
    /// is over is handed out.
    pub(super) fn put_back(
        &mut self,
        timeout: Timeout,
        action: Action,
        began: u64,
    ) -> Option<Action> {
        let Some(entry) = self.get_mut(timeout) else {
            return Some(action);
        };
        entry.action = action;
        if matches!(entry.action, Action::Every(_)) && entry.linked.is_none() {
            self.link(timeout.slot, began);
        }
        None
    }

    fn link(&mut self, slot: usize, now: u64) {
        let entry = &mut self.entries[slot];
        entry.started = now;
        self.holding += usize::from(entry.referenced);
        let duration = entry.duration;
        let mut neighbours = Neighbours::default();
        match self.lists.get_mut(&duration) {
            Some(list) => {
                neighbours.before = Some(list.last);
                list.last = slot;
            }
            None => {
                self.last_list += 1;
                let (expiry, number) = (now.saturating_add(duration), self.last_list);
                self.queue.insert((expiry, number, duration));
                let (first, last) = (slot, slot);
                self.lists.insert(
                    duration,
                    List {
                        expiry,
                        number,
                        first,
                        last,
                    },
                );
            }
        }
        self.entries[slot].linked = Some(neighbours);
        if let Some(before) = neighbours.before {
            self.neighbours(before).after = Some(slot);
        }
    }

    fn unlink(&mut self, slot: usize) {
        let entry = &mut self.entries[slot];
        let Some(Neighbours { before, after }) = entry.linked.take() else {
            return;
        };
        self.holding -= usize::from(entry.referenced);
        let duration = entry.duration;
        if let Some(before) = before {
            self.neighbours(before).after = after;
        }
        if let Some(after) = after {
            self.neighbours(after).before = before;
        }
        let Some(list) = self.lists.get_mut(&duration) else {
            return;
        };
        match (before, after) {
            (None, None) => {
                self.queue.remove(&(list.expiry, list.number, duration));
                self.lists.remove(&duration);
            }
            (None, Some(after)) => list.first = after,
            (Some(before), None) => list.last = before,
            (Some(_), Some(_)) => {}
        }
    }

    fn neighbours(&mut self, slot: usize) -> &mut Neighbours {
        self.entries[slot].linked.get_or_insert_default()
    }

    /// The first of a list is due later than the list's place says: behind those of other durations that are due then, too.
    fn put_off(&mut self, duration: u64, expiry: u64) {
        self.last_list += 1;
        let number = self.last_list;
        let Some(list) = self.lists.get_mut(&duration) else {
            return;
        };
        self.queue.remove(&(list.expiry, list.number, duration));
        (list.expiry, list.number) = (expiry, number);
        self.queue.insert((expiry, number, duration));
    }
}
