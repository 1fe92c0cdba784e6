//! The run queue: which handles are to be called, and when.

use std::collections::VecDeque;

use crate::ready::Ready;
use crate::sys::Errno;
use crate::{Ctx, Key, emit, trace};

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

    /// Keeps what the kernel said of a descriptor, and queues its handle.
    #[inline]
    pub(crate) fn file(&mut self, key: Key, ready: Ready) {
        // No entry: the descriptor outlives its handle in another process, and the kernel still speaks of it.
        let Some(entry) = self.table.get_mut(key) else {
            return;
        };
        entry.ready |= ready;
        if !std::mem::replace(&mut entry.queued, true) {
            self.queue.now.push_back(key);
        }
    }

    /// The time has come for what was put off: it joins the queue behind the kernel's events.
    pub(crate) fn recall_later(&mut self) {
        let RunQueue { now, later } = &mut self.queue;
        now.extend(later.drain(..));
    }

    /// Calls those that stand in the queue now, not those they add. False if the host's time ran out before the end.
    pub(crate) fn run_queue(&mut self) -> bool {
        for _ in 0..self.queue.now.len() {
            let Some(key) = self.queue.now.pop_front() else {
                break;
            };
            self.run_ready(key);
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

    #[inline]
    fn run_ready(&mut self, key: Key) {
        let Some(entry) = self.table.get_mut(key) else {
            return;
        };
        entry.queued = false;
        if entry.is_closing() {
            return;
        }
        let (on_ready, ready) = (entry.state.kind().on_ready, entry.ready);
        let _cause = trace::cause(
            emit!(Loop, "ready" @ key, kind = entry.state.kind().name(), ready = format!("{ready:?}")),
        );
        // If a callback panics, the handle may be in the middle of its work: it is called again in the next turn.
        let interrupted = Interrupted { cx: self, key };
        on_ready(interrupted.cx, key);
        std::mem::forget(interrupted);
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
