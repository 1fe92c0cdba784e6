//! The loop, and how long it runs (`uv_run`).

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::builder::Builder;
use crate::phase::{Phase, RunMode};
use crate::sys::poller::Poller;
use crate::sys::{self, Errno};
use crate::table::{Descriptor, Watching};
use crate::{BusyLoop, Ctx};

/// An event loop (`uv_loop_t`).
///
/// It owns its handles. Dropping it frees them all and closes their descriptors, without calling anybody back;
/// [`Loop::close`] makes sure that nothing is left.
///
/// It derefs to [`Ctx`], which is also what callbacks get. It stays on the thread that made it, for callbacks and what they capture need not be
/// `Send`; other threads reach it by an [`AsyncSender`](crate::AsyncSender).
///
/// # When callbacks run
///
/// Only in the phases of a turn, in the order that the [`Phase`]s are declared in, and never inside another call. A callback that
/// panics ends the turn and the panic goes on out of [`Loop::run`]; the loop can be run again, and goes on with what it had not
/// come to.
pub struct Loop {
    pub(crate) cx: Ctx,
}

impl Loop {
    /// A loop with the default bounds (`uv_loop_init`).
    ///
    /// # Errors
    ///
    /// As [`Builder::build`].
    pub fn new() -> Result<Loop, Errno> {
        Builder::default().build()
    }

    /// A builder for a loop with other bounds.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The kernel's interface that the loop waits with: `"epoll"`, `"kqueue"`, or `"mio"`.
    pub fn backend_name(&self) -> &'static str {
        Poller::NAME
    }

    /// Runs the loop (`uv_run`), for as long as `mode` says. Returns whether it is still [`alive`](Ctx::alive): in `Default` mode, whether
    /// it was stopped before it was done.
    ///
    /// # Errors
    ///
    /// `EBUSY` if this loop is running already. What the kernel says if it cannot wait: the loop's own descriptor was closed behind its
    /// back (`EBADF`).
    pub fn run(&mut self, mode: RunMode) -> Result<bool, Errno> {
        let running = self.cx.enter()?;
        let cx = &mut *running.cx;
        // Whole turns from here on: they come to all that is left of one that was cut short.
        cx.cut = None;
        // Asked before the first timers run, as in libuv: a turn follows them, even if they left nothing to wait for.
        let mut alive = cx.alive();
        if !alive {
            cx.update_time();
        } else if mode == RunMode::Default && !cx.stopping {
            cx.update_time();
            cx.enter_phase(Phase::Timers);
            cx.run_timers();
        }
        while alive && !cx.stopping {
            cx.turn(mode)?;
            alive = mode == RunMode::Default && cx.alive();
        }
        Ok(cx.alive())
    }

    /// Ends the loop (`uv_loop_close`). Not a method, because `lp.close(handle, callback)` is [`Ctx::close`].
    ///
    /// # Errors
    ///
    /// [`BusyLoop`] (`EBUSY`) if there are handles or requests left: it says which, and gives the loop back.
    pub fn close(lp: Loop) -> Result<(), BusyLoop> {
        if lp.cx.table.is_empty() && lp.cx.requests == 0 {
            return Ok(());
        }
        Err(BusyLoop(Box::new(lp)))
    }
}

impl Deref for Loop {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.cx
    }
}

impl DerefMut for Loop {
    fn deref_mut(&mut self) -> &mut Ctx {
        &mut self.cx
    }
}

impl fmt::Debug for Loop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Loop").field(&self.cx).finish()
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        // First, for work that is dropped undone may panic.
        self.cx.hub.shut();
        self.cx.workers.shut();
        // Deregister and close; the callbacks, and what they captured, go with the entries.
        for entry in self.cx.table.drain() {
            if let Watching::As(_) = entry.watching
                && let Some(fd) = entry.descriptor.raw()
            {
                self.cx.poller.remove(fd);
            }
            if let Descriptor::Owned(fd) = entry.descriptor {
                // It is gone whatever this says.
                let _ = sys::close(fd);
            }
        }
    }
}
