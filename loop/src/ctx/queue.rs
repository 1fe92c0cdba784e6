//! The run queue: which handles are to be called, and when.

use std::collections::VecDeque;

use crate::sys::Errno;
use crate::trace::{self, Cause};
use crate::wake::WAKE_TOKEN;
use crate::{Ctx, Key, emit};

/// libuv's watcher queue and pending queue in one. A handle stands in it at most once.
#[derive(Debug, Default)]
pub(crate) struct RunQueue {
    /// To be called as soon as the loop comes to it.
    now: VecDeque<Key>,
    /// To be called in the next turn, after what the kernel has to say then.
    later: Vec<Key>,
}

impl RunQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.now.is_empty() && self.later.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.now.len() + self.later.len()
    }
}

impl Ctx {
    /// Puts a handle at the tail of the run queue: its `on_ready` runs in the next pending phase, or still in this poll phase, from
    /// the loop and never from here (`uv__io_feed`). Doing so again before it ran changes nothing.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    pub fn feed(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        if self.enqueue(key)? {
            self.queue.now.push_back(key);
            self.changed();
        }
        Ok(())
    }

    /// Puts a handle off to the next turn, behind what the kernel reports there: what a stream does that used up its budget while there
    /// is more to be read. Until then the loop does not wait.
    ///
    /// # Errors
    ///
    /// As [`Ctx::feed`].
    pub fn requeue(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        if self.enqueue(key)? {
            self.queue.later.push(key);
            self.changed();
        }
        Ok(())
    }

    /// Marks a handle as standing in the queue; false if it already did.
    #[inline]
    fn enqueue(&mut self, key: Key) -> Result<bool, Errno> {
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        if entry.is_closing() {
            return Err(Errno::EINVAL);
        }
        Ok(!std::mem::replace(&mut entry.queued, true))
    }

    /// Works off what the kernel reported: keeps what it said of each descriptor, and calls the handle. The list of events is a queue
    /// as good as any, so nothing is copied from it; after a panic, or when the host's time ran out, the rest of it is still
    /// there. A handle that was closed since is recognised by its key.
    pub(crate) fn run_events(&mut self) -> bool {
        let _cause = self.reported_by.map(trace::cause);
        while let Some(i) = self.events.next() {
            let (token, ready) = self.poller.event(i);
            if token == WAKE_TOKEN {
                self.open_inbox();
                continue;
            }
            let key = Key::from_u64(token);
            let Some(entry) = self.table.get_mut(key) else {
                continue;
            };
            entry.ready |= ready;
            // One that stands in the run queue is called from there; one that is closing, not at all.
            if !entry.queued && !entry.is_closing() {
                let on_ready = entry.state.kind().on_ready;
                self.call_ready(key, on_ready);
            }
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    /// How many are put off until this turn.
    pub(crate) fn put_off(&self) -> usize {
        self.queue.later.len()
    }

    /// The first `count` of those that were put off join the queue; what was put off since waits for the next turn.
    pub(crate) fn recall(&mut self, count: usize) {
        let RunQueue { now, later } = &mut self.queue;
        now.extend(later.drain(..count));
    }

    /// Calls those that stand in the queue now, not those they add. False if the host's time ran out before the end.
    pub(crate) fn run_queue(&mut self) -> bool {
        for _ in 0..self.queue.now.len() {
            let Some(key) = self.queue.now.pop_front() else {
                break;
            };
            if let Some(entry) = self.table.get_mut(key) {
                entry.queued = false;
                if !entry.is_closing() {
                    let on_ready = entry.state.kind().on_ready;
                    self.call_ready(key, on_ready);
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
        !self.queue.now.is_empty()
    }

    #[inline(always)]
    fn call_ready(&mut self, key: Key, on_ready: fn(&mut Ctx, Key)) {
        let _cause = if trace::on() {
            self.trace_ready(key)
        } else {
            None
        };
        // If a callback panics, the handle may be in the middle of its work: it is called again in the next turn.
        let interrupted = Interrupted { cx: self, key };
        on_ready(interrupted.cx, key);
        std::mem::forget(interrupted);
    }

    #[cold]
    fn trace_ready(&self, key: Key) -> Option<Cause> {
        let entry = self.table.get(key)?;
        let (kind, ready) = (entry.state.kind().name(), format!("{:?}", entry.ready));
        emit!(Loop, "ready" @ key, kind = kind, ready = ready).map(trace::cause)
    }
}

struct Interrupted<'a> {
    cx: &'a mut Ctx,
    key: Key,
}

impl Drop for Interrupted<'_> {
    fn drop(&mut self) {
        // Gone or closing, it needs no other turn.
        let _ = self.cx.requeue(self.key);
    }
}
