//! Timeouts by their durations: a list for each, and a queue of the lists (`timerListMap`, `timerListQueue`).
//!
//! In a list all timeouts have the same duration, so it is in order if each that is started goes to its end: to start one anew costs the same few
//! steps, however many there are. Only the list as a whole has a place in an order that takes more to keep: by when its first can be due. That
//! may be too early, for the first may have been started anew since; then it is put right when the time comes.
//!
//! A timeout that is cleared, or started anew, leaves its item in the list behind: it need not be looked for, and its neighbours need not be touched. An item
//! counts only if its timeout was started last when the item was made. When three quarters of a list are such leavings, it is swept.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::iter;
use std::mem;

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
    /// Which start of this loop's that was; 0 if it does not wait to be due.
    start: u64,
    /// The list of its duration, if it waits.
    list: u32,
    referenced: bool,
    action: Action,
}

impl Entry {
    fn is_waiting(&self) -> bool {
        self.start != 0
    }
}

/// The timeouts, each in the slot that is its name, and stays there until it is gone. (As a `Slab`, which passes what is inserted by way of the stack, in pieces
/// that are read back as larger ones before they have arrived; of a start that took a third.)
#[derive(Default)]
struct Entries {
    all: Vec<Option<Entry>>,
    /// Slots that nobody is in.
    free: Vec<u32>,
}

impl Entries {
    #[inline]
    fn insert(&mut self, make: impl FnOnce() -> Entry) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.all[slot as usize] = Some(make());
                slot
            }
            None => {
                let slot = self.all.len() as u32;
                self.all.extend(iter::once_with(|| Some(make())));
                slot
            }
        }
    }

    #[inline]
    fn get(&self, slot: u32) -> Option<&Entry> {
        self.all.get(slot as usize)?.as_ref()
    }

    #[inline]
    fn get_mut(&mut self, slot: u32) -> Option<&mut Entry> {
        self.all.get_mut(slot as usize)?.as_mut()
    }

    /// Leaves a slot to others; what it did is handed out.
    #[inline]
    fn remove(&mut self, slot: u32) -> Option<Action> {
        let place = self.all.get_mut(slot as usize)?;
        let action = mem::replace(&mut place.as_mut()?.action, Action::Running);
        *place = None;
        self.free.push(slot);
        Some(action)
    }
}

/// A timeout's place in a list.
#[derive(Clone, Copy)]
struct Item {
    start: u64,
    slot: u32,
}

/// The timeouts of one duration, in the order in which they were started.
struct List {
    duration: u64,
    expiry: u64,
    number: u64,
    items: VecDeque<Item>,
    /// How many of the items count: one at least.
    waiting: usize,
}

/// How few items left behind are not worth sweeping.
const FEW: usize = 64;

impl List {
    /// Whether it has many more items than those that count.
    #[inline]
    fn is_littered(&self) -> bool {
        self.items.len() > FEW + 4 * self.waiting
    }
}

/// Spreads durations over a table. They are the program's own, so nobody picks them to collide.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        // Both halves, for durations are often multiples of a power of two.
        let wide = u128::from(self.0 ^ number) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }
}

#[derive(Default)]
pub(super) struct Lists {
    entries: Entries,
    lists: Slab<List>,
    by_duration: HashMap<u64, u32, BuildHasherDefault<Spread>>,
    queue: Queue,
    last_serial: u64,
    last_start: u64,
    last_list: u64,
    /// How many that wait keep the loop alive.
    holding: usize,
}

/// Of each list: when its first can be due, its number, its slot.
#[derive(Default)]
struct Queue {
    all: BTreeSet<(u64, u64, u32)>,
    /// The first of them, which is asked for with each start.
    first: Option<(u64, u64, u32)>,
}

impl Queue {
    fn insert(&mut self, place: (u64, u64, u32)) {
        self.all.insert(place);
        self.first = Some(self.first.map_or(place, |first| first.min(place)));
    }

    fn remove(&mut self, place: (u64, u64, u32)) {
        self.all.remove(&place);
        if self.first == Some(place) {
            self.first = self.all.first().copied();
        }
    }
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
        let slot = self.entries.insert(|| Entry {
            serial,
            duration,
            started: now,
            start: 0,
            list: 0,
            referenced,
            action,
        });
        self.begin(slot, now);
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
        self.get(timeout).is_some_and(Entry::is_waiting)
    }

    pub(super) fn is_referenced(&self, timeout: Timeout) -> Option<bool> {
        Some(self.get(timeout)?.referenced)
    }

    pub(super) fn set_referenced(&mut self, timeout: Timeout, referenced: bool) {
        let Some(entry) = self.get_mut(timeout) else {
            return;
        };
        let before = mem::replace(&mut entry.referenced, referenced);
        if entry.is_waiting() {
            self.holding -= usize::from(before);
            self.holding += usize::from(referenced);
        }
    }

    /// Starts one anew, whether it waits or was due before. False if it is gone.
    pub(super) fn refresh(&mut self, timeout: Timeout, now: u64) -> bool {
        let Some(entry) = self.get_mut(timeout) else {
            return false;
        };
        if !entry.is_waiting() {
            self.begin(timeout.slot, now);
            return true;
        }
        let (start, at) = (entry.start, entry.list);
        entry.started = now;
        let list = &mut self.lists[at as usize];
        // It may be the last already, maybe the only one. When the list's time comes it will be seen that it was too early.
        if list.items.back().is_none_or(|last| last.start != start) {
            self.last_start += 1;
            let (start, slot) = (self.last_start, timeout.slot);
            list.items.push_back(Item { start, slot });
            if let Some(entry) = self.entries.get_mut(slot) {
                entry.start = start;
            }
            self.sweep(at);
        }
        true
    }

    /// Takes one out for good, and hands out what it would have done.
    pub(super) fn remove(&mut self, timeout: Timeout) -> Option<Action> {
        let entry = self.get(timeout)?;
        let (at, waited, referenced) = (entry.list, entry.is_waiting(), entry.referenced);
        let action = self.entries.remove(timeout.slot);
        if waited {
            self.holding -= usize::from(referenced);
            self.lists[at as usize].waiting -= 1;
            self.sweep(at);
        }
        action
    }

    /// When the first can be due, and whether any keeps the loop alive.
    #[inline]
    pub(super) fn next(&self) -> Option<(u64, bool)> {
        let (expiry, _, _) = self.queue.first?;
        Some((expiry, self.holding > 0))
    }

    /// Takes the next one that is due out of its list, and its action out of it. One that is called only once is gone then: nothing can be done with it any
    /// more.
    pub(super) fn take_due(&mut self, now: u64) -> Option<(Timeout, Action)> {
        loop {
            let (expiry, _, at) = self.queue.first?;
            if expiry > now {
                return None;
            }
            let list = self.lists.get_mut(at as usize)?;
            let Item { start, slot } = *list.items.front()?;
            let counts = self.entries.get_mut(slot);
            let Some(entry) = counts.filter(|entry| entry.start == start) else {
                list.items.pop_front();
                continue;
            };
            let due = entry.started.saturating_add(entry.duration);
            if due > now {
                self.put_off(at, due);
                continue;
            }
            list.items.pop_front();
            list.waiting -= 1;
            entry.start = 0;
            self.holding -= usize::from(entry.referenced);
            let serial = entry.serial;
            let action = match entry.action {
                Action::Once(_) => self.entries.remove(slot)?,
                _ => mem::replace(&mut entry.action, Action::Running),
            };
            if list.waiting == 0 {
                self.remove_list(at);
            }
            return Some((Timeout { slot, serial }, action));
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
        if matches!(entry.action, Action::Every(_)) && !entry.is_waiting() {
            self.begin(timeout.slot, began);
        }
        None
    }

    /// Puts one that does not wait at the end of the list of its duration.
    fn begin(&mut self, slot: u32, now: u64) {
        let Some(entry) = self.entries.get_mut(slot) else {
            return;
        };
        self.last_start += 1;
        let start = self.last_start;
        (entry.started, entry.start) = (now, start);
        self.holding += usize::from(entry.referenced);
        let duration = entry.duration;
        let at = match self.by_duration.get(&duration) {
            Some(at) => *at,
            None => self.add_list(duration, now.saturating_add(duration)),
        };
        let list = &mut self.lists[at as usize];
        list.items.push_back(Item { start, slot });
        list.waiting += 1;
        if let Some(entry) = self.entries.get_mut(slot) {
            entry.list = at;
        }
    }

    fn add_list(&mut self, duration: u64, expiry: u64) -> u32 {
        self.last_list += 1;
        let number = self.last_list;
        let at = self.lists.insert(List {
            duration,
            expiry,
            number,
            items: VecDeque::new(),
            waiting: 0,
        }) as u32;
        self.by_duration.insert(duration, at);
        self.queue.insert((expiry, number, at));
        at
    }

    fn remove_list(&mut self, at: u32) {
        let list = self.lists.remove(at as usize);
        self.by_duration.remove(&list.duration);
        self.queue.remove((list.expiry, list.number, at));
    }

    /// Clears a list of what was left behind in it, if it is much, and removes it if nothing else is left.
    #[inline]
    fn sweep(&mut self, at: u32) {
        let list = &mut self.lists[at as usize];
        if list.waiting == 0 {
            self.remove_list(at);
        } else if list.is_littered() {
            let entries = &self.entries;
            list.items.retain(|item| {
                let entry = entries.get(item.slot);
                entry.is_some_and(|entry| entry.start == item.start)
            });
        }
    }

    /// The first of a list is due later than the list's place says: behind those of other durations that are due then, too.
    fn put_off(&mut self, at: u32, expiry: u64) {
        self.last_list += 1;
        let number = self.last_list;
        let list = &mut self.lists[at as usize];
        self.queue.remove((list.expiry, list.number, at));
        (list.expiry, list.number) = (expiry, number);
        self.queue.insert((expiry, number, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(lists: &mut Lists, duration: u64) -> Timeout {
        lists.add(0, duration, true, Action::Once(Box::new(|_| ())))
    }

    fn due(lists: &mut Lists, now: u64) -> Vec<Timeout> {
        std::iter::from_fn(|| Some(lists.take_due(now)?.0)).collect()
    }

    #[test]
    fn what_is_left_behind_does_not_grow() {
        let mut lists = Lists::default();
        let mut timeouts: Vec<Timeout> = (0..100).map(|_| add(&mut lists, 5)).collect();
        for round in 0..100_000 {
            let at = round * 37 % 100;
            match round % 3 {
                0 => {
                    lists.remove(timeouts[at]);
                    timeouts[at] = add(&mut lists, 5);
                }
                _ => assert!(lists.refresh(timeouts[at], 0)),
            }
        }
        let (_, list) = lists.lists.iter().next().unwrap();
        assert_eq!((lists.lists.len(), list.waiting), (1, 100));
        assert!(list.items.len() <= FEW + 4 * 100 + 1);
        assert!(lists.entries.all.len() <= 101);
        assert_eq!(due(&mut lists, 5).len(), 100);
        assert!(lists.next().is_none() && lists.lists.is_empty());
    }

    #[test]
    fn nothing_is_left_of_lists_without_timeouts() {
        let mut lists = Lists::default();
        for duration in 1..1000 {
            let timeouts = [0; 3].map(|_| add(&mut lists, duration));
            for timeout in timeouts {
                assert!(lists.next().is_some());
                assert!(lists.remove(timeout).is_some());
            }
            assert!(lists.next().is_none() && lists.remove(timeouts[0]).is_none());
        }
        assert!(lists.lists.is_empty() && lists.by_duration.is_empty());
        assert!(lists.queue.all.is_empty());
        assert_eq!((lists.holding, lists.entries.all.len()), (0, 3));
    }

    #[test]
    fn a_slot_that_is_used_again_does_not_revive_an_item() {
        let mut lists = Lists::default();
        let (gone, stays) = (add(&mut lists, 5), add(&mut lists, 5));
        lists.remove(gone);
        let other = add(&mut lists, 9);
        assert_eq!(other.slot, gone.slot);
        let again = add(&mut lists, 5);
        assert_eq!(due(&mut lists, 8), [stays, again]);
        assert_eq!(due(&mut lists, 9), [other]);
    }
}
