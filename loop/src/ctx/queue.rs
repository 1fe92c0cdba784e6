//! The run queue: which handles are to be called, and when.

use std::collections::VecDeque;

use crate::sys::Errno;
use crate::sys::poller::Mode;
use crate::table::{Entry, PutOff, Watching};
use crate::trace::{self, Cause};
use crate::wake::WAKE_TOKEN;
use crate::{Ctx, Key, emit};

/// Those that are to be called without an event of theirs: libuv's pending queue, and what its level-triggered watchers have the kernel
/// remember. A handle stands at most once in each of the two.
#[derive(Debug, Default)]
pub(crate) struct RunQueue {
    /// To be called as soon as the loop comes to it.
    fed: VecDeque<Key>,
    /// To be called in the next turn, before what the kernel has to say then.
    ahead: Waiting,
    /// Likewise, but after that.
    behind: Waiting,
}

/// Handles that were put off to the next turn.
#[derive(Debug, Default)]
struct Waiting {
    keys: VecDeque<Key>,
    /// How many of those were put off before this turn's events, so that it is their turn now.
    due: usize,
}

impl Waiting {
    /// The next one whose turn it is.
    fn pop_due(&mut self) -> Option<Key> {
        self.due = self.due.checked_sub(1)?;
        self.keys.pop_front()
    }
}

impl RunQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.fed.is_empty() && self.ahead.keys.is_empty() && self.behind.keys.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.fed.len() + self.ahead.keys.len() + self.behind.keys.len()
    }
}

impl Ctx {
    /// Puts a handle at the tail of the run queue: its `on_fed` runs in the next pending phase, or still in this poll phase, from
    /// the loop and never from here (`uv__io_feed`). Doing so again before it ran changes nothing.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    #[inline]
    pub fn feed(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        let entry = self.open_entry(key)?;
        if !std::mem::replace(&mut entry.fed, true) {
            self.queue.fed.push_back(key);
            self.changed();
        }
        Ok(())
    }

    /// Puts a handle off to the next turn: its `on_ready` runs there, behind what the kernel reports. What a stream does that starts to read
    /// what it knows to be there: the kernel, asked then, would tell of it last. Until then the loop does not wait.
    ///
    /// # Errors
    ///
    /// As [`Ctx::feed`].
    pub fn requeue(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.put_off(handle.into(), PutOff::Behind)
    }

    /// The same ahead of what the kernel reports. What a handle does of which the kernel has spoken in this turn, and that is not done with it, for its
    /// budget is used up: a level-triggered kernel has it in its list still, before all that becomes ready from now on.
    ///
    /// # Errors
    ///
    /// As [`Ctx::feed`].
    pub fn requeue_ahead(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.put_off(handle.into(), PutOff::Ahead)
    }

    #[inline]
    fn put_off(&mut self, key: Key, place: PutOff) -> Result<(), Errno> {
        let entry = self.open_entry(key)?;
        if entry.put_off == PutOff::No {
            entry.put_off = place;
            match place {
                PutOff::Ahead => self.queue.ahead.keys.push_back(key),
                PutOff::Behind | PutOff::No => self.queue.behind.keys.push_back(key),
            }
            self.changed();
        }
        Ok(())
    }

    /// A handle that was woken from outside: its `on_ready` runs in this turn, behind the kernel's events and before those that were
    /// put off. Later ones must be given first.
    pub(crate) fn woken(&mut self, key: Key) {
        // One that is closing or gone has nobody to tell.
        if let Ok(entry) = self.open_entry(key)
            && entry.put_off == PutOff::No
        {
            entry.put_off = PutOff::Behind;
            self.queue.behind.keys.push_front(key);
            self.queue.behind.due += 1;
        }
    }

    #[inline]
    fn open_entry(&mut self, key: Key) -> Result<&mut Entry, Errno> {
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        if entry.is_closing() {
            return Err(Errno::EINVAL);
        }
        Ok(entry)
    }

    /// Works off what the kernel reported: keeps what it said of each descriptor, and calls the handle. The list of events is a queue
    /// as good as any, so nothing is copied from it; after a panic, or when the host's time ran out, the rest of it is still
    /// there. A handle that was closed since is recognised by its key.
    #[inline]
    pub(crate) fn run_events(&mut self) -> bool {
        self.events.is_empty() || self.run_each_event()
    }

    #[inline(never)]
    fn run_each_event(&mut self) -> bool {
        let _cause = self.reported_by.map(trace::cause);
        while let Some(i) = self.events.next() {
            if self.run_event(i) && self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    /// One of the kernel's events; whether it was about a handle.
    #[inline(always)]
    fn run_event(&mut self, i: usize) -> bool {
        let (token, ready) = self.poller.event(i);
        if token == WAKE_TOKEN {
            self.open_inbox();
            return false;
        }
        let key = Key::from_u64(token);
        let Some(entry) = self.table.get_mut(key) else {
            return false;
        };
        entry.ready |= ready;
        // One that was put off is called when its time comes; one that is closing, not at all.
        if entry.put_off == PutOff::No && !entry.is_closing() {
            let on_ready = entry.state.kind().on_ready;
            self.call_handle(key, on_ready, Ctx::requeue);
        }
        true
    }

    /// What has been put off so far is due in this turn.
    pub(crate) fn recall_put_off(&mut self) {
        let RunQueue { ahead, behind, .. } = &mut self.queue;
        ahead.due = ahead.keys.len();
        behind.due = behind.keys.len();
    }

    /// Calls those that were put off to before this turn's events, but none that are put off from now on. Each is called once: what the kernel reports of
    /// it in this turn it knows by then.
    ///
    /// Before them come only those at the head of the kernel's list that are level-triggered, such as a listener: they have waited there as long.
    #[inline]
    pub(crate) fn run_put_off_ahead(&mut self) -> bool {
        self.queue.ahead.due == 0 || self.run_each_ahead()
    }

    #[inline(never)]
    fn run_each_ahead(&mut self) -> bool {
        let cause = self.reported_by.map(trace::cause);
        while self.is_level_next()
            && let Some(i) = self.events.next()
        {
            if self.run_event(i) && self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        for i in self.events.clone() {
            let (token, ready) = self.poller.event(i);
            if token != WAKE_TOKEN
                && let Some(entry) = self.table.get_mut(Key::from_u64(token))
                && entry.put_off == PutOff::Ahead
            {
                entry.ready |= ready;
                self.poller.blank(i);
            }
        }
        drop(cause);
        while let Some(key) = self.queue.ahead.pop_due() {
            self.call_put_off(key);
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    /// Whether the next of the kernel's events is about a handle that is watched level-triggered.
    fn is_level_next(&self) -> bool {
        if self.events.is_empty() {
            return false;
        }
        let (token, _) = self.poller.event(self.events.start);
        let entry = self.table.get(Key::from_u64(token));
        token != WAKE_TOKEN
            && entry.is_some_and(|entry| matches!(entry.watching, Watching::As(Mode::Level(_))))
    }

    /// Calls those that were put off to behind this turn's events, likewise.
    #[inline]
    pub(crate) fn run_put_off(&mut self) -> bool {
        self.queue.behind.due == 0 || self.run_each_behind()
    }

    #[inline(never)]
    fn run_each_behind(&mut self) -> bool {
        while let Some(key) = self.queue.behind.pop_due() {
            self.call_put_off(key);
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    #[inline]
    fn call_put_off(&mut self, key: Key) {
        let Some(entry) = self.table.get_mut(key) else {
            return;
        };
        entry.put_off = PutOff::No;
        if !entry.is_closing() {
            let on_ready = entry.state.kind().on_ready;
            self.call_handle(key, on_ready, Ctx::requeue);
        }
    }

    /// Calls those that were fed until now, not those that they feed. False if the host's time ran out before the end.
    #[inline]
    pub(crate) fn run_fed(&mut self) -> bool {
        self.queue.fed.is_empty() || self.run_each_fed()
    }

    #[inline(never)]
    fn run_each_fed(&mut self) -> bool {
        for _ in 0..self.queue.fed.len() {
            let Some(key) = self.queue.fed.pop_front() else {
                break;
            };
            if let Some(entry) = self.table.get_mut(key) {
                entry.fed = false;
                if !entry.is_closing() {
                    let kind = entry.state.kind();
                    let on_fed = kind.on_fed.unwrap_or(kind.on_ready);
                    self.call_handle(key, on_fed, Ctx::feed);
                }
            }
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    /// Whether anything waits to be called in this turn.
    pub(crate) fn has_pending(&self) -> bool {
        !self.queue.fed.is_empty()
    }

    #[inline(always)]
    fn call_handle(&mut self, key: Key, f: fn(&mut Ctx, Key), again: Again) {
        if trace::on() {
            return self.call_traced(key, f, again);
        }
        self.call_guarded(key, f, again);
    }

    #[cold]
    #[inline(never)]
    fn call_traced(&mut self, key: Key, f: fn(&mut Ctx, Key), again: Again) {
        let _cause = self.trace_call(key);
        self.call_guarded(key, f, again);
    }

    #[inline(always)]
    fn call_guarded(&mut self, key: Key, f: fn(&mut Ctx, Key), again: Again) {
        // If a callback panics, the handle may be in the middle of its work: it is called again in the next turn.
        let interrupted = Interrupted {
            cx: self,
            key,
            again,
        };
        f(interrupted.cx, key);
        std::mem::forget(interrupted);
    }

    fn trace_call(&self, key: Key) -> Option<Cause> {
        let entry = self.table.get(key)?;
        let (kind, ready) = (entry.state.kind().name(), format!("{:?}", entry.ready));
        emit!(Loop, "ready" @ key, kind = kind, ready = ready).map(trace::cause)
    }
}

/// How a handle gets another call: [`Ctx::feed`] or [`Ctx::requeue`].
type Again = fn(&mut Ctx, Key) -> Result<(), Errno>;

struct Interrupted<'a> {
    cx: &'a mut Ctx,
    key: Key,
    again: Again,
}

impl Drop for Interrupted<'_> {
    fn drop(&mut self) {
        // Gone or closing, it needs no other.
        let _ = (self.again)(self.cx, self.key);
    }
}
