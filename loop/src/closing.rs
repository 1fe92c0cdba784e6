//! Closing, in named steps.
//!
//! 1. [`Ctx::close`]: the handle's kind stops what it set going; the descriptor is deregistered and closed; the handle is `Closing`
//!    and stands in the list. It still resolves, but nothing can be started on it.
//! 2. The closing phase, last closed first: the kind cancels what is left (`on_close`), the entry leaves the table, so that the handle
//!    resolves to nothing, and the user's callback runs.

use crate::kind::AnyKind;
use crate::sys::{self, Errno};
use crate::table::{Descriptor, Life};
use crate::{Ctx, Key, emit, trace};

type CloseCallback = Box<dyn FnOnce(&mut Ctx)>;

/// The handles that wait for their close callback.
#[derive(Default)]
pub(crate) struct Closing {
    /// Closed since the last closing phase.
    fresh: Vec<(Key, CloseCallback)>,
    /// Of those, the ones a closing phase is working on, from the end.
    due: Vec<(Key, CloseCallback)>,
    /// Handles that ran out of descriptors and want to know when one is free again.
    starved: Vec<Key>,
}

impl std::fmt::Debug for Closing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Closing({} + {})", self.fresh.len(), self.due.len())
    }
}

impl Closing {
    pub(crate) fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.due.is_empty()
    }
}

impl Ctx {
    /// Closes a handle (`uv_close`). What it was doing stops at once and its descriptor is closed before this returns;
    /// `callback` runs in the closing phase of this turn (of the next one, if called from a timer or a close callback), when
    /// the handle no longer exists. Handles closed in one turn get their callbacks last-closed first.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop, RunMode, Timer};
    ///
    /// let mut lp = Loop::new()?;
    /// let timer = Timer::new(&mut lp);
    /// lp.close(timer, move |cx| assert!(cx.info(timer).is_none()))?;
    /// assert_eq!(lp.close(timer, |_| ()), Err(Errno::EALREADY));
    /// lp.run(RunMode::Default)?;
    /// assert_eq!(lp.close(timer, |_| ()), Err(Errno::EBADF));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EALREADY` if it is closing already, `EBADF` if it is gone; `callback` is dropped, not called.
    pub fn close(
        &mut self,
        handle: impl Into<Key>,
        callback: impl FnOnce(&mut Ctx) + 'static,
    ) -> Result<(), Errno> {
        let key = handle.into();
        self.stop_handle(key)?;
        if let Some(entry) = self.table.get_mut(key) {
            entry.life = Life::Closing;
        }
        self.closing.fresh.push((key, Box::new(callback)));
        self.changed();
        Ok(())
    }

    /// The first step: nothing goes on any more.
    fn stop_handle(&mut self, key: Key) -> Result<(), Errno> {
        let entry = self.table.get(key).ok_or(Errno::EBADF)?;
        if entry.is_closing() {
            return Err(Errno::EALREADY);
        }
        let _cause = emit!(Loop, "close" @ key, kind = entry.state.kind().name()).map(trace::cause);
        let on_stop = entry.state.kind().on_stop;
        on_stop(self, key);
        self.set_active(key, false)?;
        self.release_descriptor(key)
    }

    /// Deregisters a handle's descriptor, and closes it if it is ours.
    fn release_descriptor(&mut self, key: Key) -> Result<(), Errno> {
        self.deregister(key)?;
        let Some(entry) = self.table.get_mut(key) else {
            return Ok(());
        };
        if let Descriptor::Owned(fd) = std::mem::replace(&mut entry.descriptor, Descriptor::None) {
            // Whatever close says, the descriptor is gone, and what was written is the kernel's to deliver.
            let _ = sys::close(fd);
            self.feed_starved();
        }
        Ok(())
    }

    /// Queues the handle, once, when this loop next closes a descriptor of a handle: for a listener that found none left (`EMFILE`).
    /// Of descriptors that others close, another loop, the host, whoever [took](Ctx::take_descriptor) one, it hears nothing, so a timer
    /// must stand behind this.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    pub fn feed_on_free_descriptor(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        if self.table.get(key).ok_or(Errno::EBADF)?.is_closing() {
            return Err(Errno::EINVAL);
        }
        if !self.closing.starved.contains(&key) {
            self.closing.starved.push(key);
        }
        Ok(())
    }

    /// Takes back a handle that its author could not finish making, and that nobody has seen: it stops, its descriptor is closed, and
    /// it is gone at once, without a callback and without its kind's `on_close`.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EALREADY` if it is closing.
    pub fn discard(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        self.stop_handle(key)?;
        self.table.remove(key);
        self.changed();
        Ok(())
    }

    fn feed_starved(&mut self) {
        for key in std::mem::take(&mut self.closing.starved) {
            // One that was closed while it waited needs nothing more.
            let _ = self.feed(key);
        }
    }

    /// The closing phase. What is closed by its callbacks waits for the next one. False if the host's time ran out before the end.
    pub(crate) fn run_closing(&mut self) -> bool {
        let Closing { fresh, due, .. } = &mut self.closing;
        // What an interrupted phase left stands at the end, to be taken first.
        fresh.append(due);
        std::mem::swap(fresh, due);
        while let Some((key, callback)) = self.closing.due.pop() {
            self.finish_close(key, callback);
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    fn finish_close(&mut self, key: Key, callback: CloseCallback) {
        let kind = self.table.get(key).map(|entry| entry.state.kind());
        let name = kind.map_or("-", AnyKind::name);
        let _cause = emit!(Loop, "closed" @ key, kind = name).map(trace::cause);
        let mut unfinished = Unfinished {
            cx: self,
            key,
            callback: Some(callback),
        };
        // None: what the handle's callbacks captured panicked when it was dropped, in the last closing phase.
        if let Some(kind) = kind {
            (kind.on_close)(unfinished.cx, key);
        }
        unfinished.cx.forget(key);
        let callback = unfinished.callback.take();
        drop(unfinished);
        if let Some(callback) = callback {
            callback(self);
        }
    }

    /// The handle leaves the table, and what it holds is dropped.
    fn forget(&mut self, key: Key) {
        let Some(entry) = self.table.remove(key) else {
            return;
        };
        debug_assert!(
            entry.descriptor.raw().is_none(),
            "a closing handle has no descriptor"
        );
        // Its kind may have called it active again while it was closing.
        self.holding -= usize::from(entry.holds_loop());
        drop(entry);
    }
}

/// A handle whose close callback is still to be called. If something of it panics before, the next closing phase goes on with the rest.
struct Unfinished<'a> {
    cx: &'a mut Ctx,
    key: Key,
    callback: Option<CloseCallback>,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            self.cx.closing.due.push((self.key, callback));
        }
    }
}
