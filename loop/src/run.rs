//! The turn of the loop: its phases, in order (`uv_run`).
//!
//! ```text
//!  1. timers      once, before the first turn, in Default mode only
//!     ┌─ each turn ──────────────────────────────────────────────────────────────────────────┐
//!     │ 2. pending   what was queued since the last turn                                     │
//!     │ 3. idle                                                                              │
//!     │ 4. prepare                                                                           │
//!     │ 5. poll      wait in the kernel, keep what it said, call whom it concerns            │
//!     │ 6. pending   what those calls queued: 8 times at most                                │
//!     │ 7. check                                                                             │
//!     │ 8. closing   last closed first                                                       │
//!     │ 9. timers                                                                            │
//!     └──────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::builder::Builder;
use crate::hook::{Check, Idle, Prepare};
use crate::phase::{Phase, RunMode};
use crate::sys::poller::Poller;
use crate::sys::{self, Errno, hrtime};
use crate::table::Descriptor;
use crate::{Ctx, emit, trace};

/// An event loop (`uv_loop_t`).
///
/// It owns its handles. Dropping it frees them all and closes their descriptors, without calling anybody back;
/// [`Loop::close`] makes sure that nothing is left.
///
/// It derefs to [`Ctx`], which is also what callbacks get.
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
        cx.stopping = false;
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

/// A loop that could not be closed, because not everything in it is. Its message names what is left: the kind of each
/// handle and, in debug builds, the line that made it.
pub struct BusyLoop(Box<Loop>);

impl BusyLoop {
    /// `EBUSY`.
    pub fn errno(&self) -> Errno {
        Errno::EBUSY
    }

    /// The handles that are left.
    pub fn handles(&self) -> Vec<crate::HandleInfo> {
        self.0
            .table
            .keys()
            .into_iter()
            .filter_map(|key| self.0.info(key))
            .collect()
    }

    /// How many requests are in flight.
    pub fn requests(&self) -> usize {
        self.0.requests
    }

    /// The loop, to go on with.
    pub fn into_loop(self) -> Loop {
        *self.0
    }
}

impl fmt::Display for BusyLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "EBUSY: the loop still has {} requests and {} handles",
            self.requests(),
            self.handles().len()
        )?;
        for handle in self.handles() {
            write!(f, "\n  {} {}", handle.kind, handle.key)?;
            if let Some(place) = handle.created_at {
                write!(f, " made at {place}")?;
            }
            if handle.closing {
                f.write_str(", closing")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for BusyLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BusyLoop {}

/// A loop in the middle of a run; however it ends, by a panic too, the loop is outside again.
pub(crate) struct Running<'a> {
    pub(crate) cx: &'a mut Ctx,
    /// Where the thread was: in a callback of another loop, it may be.
    before: trace::Place,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.cx.enter_phase(Phase::Outside);
        self.cx.deadline = None;
        trace::back_to(self.before);
    }
}

/// The steps of a turn before which the host's time may run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Pending,
    Hooks,
    Queue,
    Check,
    Timers,
}

impl Ctx {
    /// Begins a run.
    pub(crate) fn enter(&mut self) -> Result<Running<'_>, Errno> {
        if self.phase != Phase::Outside {
            return Err(Errno::EBUSY);
        }
        trace::follow_log_level();
        let before = trace::place();
        self.enter_phase(Phase::Pending);
        Ok(Running { cx: self, before })
    }

    /// One turn, phases 2 to 9, or the rest of one that was cut short. False if it was cut short itself.
    pub(crate) fn turn(&mut self, mode: RunMode) -> Result<bool, Errno> {
        // In `Once` mode, callbacks that are pending or idle are what the turn was for: it does not wait for more.
        let sleepless = !self.queue.is_empty() || !self.idle.is_empty();
        let from = self.cut.take().unwrap_or(Step::Pending);
        if from <= Step::Hooks {
            if !self.before_poll(from) {
                return Ok(false);
            }
            let timeout = match mode {
                RunMode::NoWait => Some(0),
                RunMode::Once if sleepless => Some(0),
                RunMode::Once | RunMode::Default => self.poll_timeout(),
            };
            self.enter_phase(Phase::Poll);
            self.wait(timeout)?;
        }
        Ok(self.after_poll(from))
    }

    /// The host's time ran out: `next` is the step that the turn goes on with. Returns false, for the caller to return. What is left of
    /// the step that was cut short is for the next turn, so that no step can keep the others from theirs.
    fn cut_short(&mut self, next: Step) -> bool {
        self.cut = Some(next);
        false
    }

    /// Phases 2 to 4, or what is left of them. This and what it calls return false if the host's time ran out before the end.
    pub(crate) fn before_poll(&mut self, from: Step) -> bool {
        if from == Step::Pending {
            let turn = self.metrics.turn();
            self.enter_phase(Phase::Pending);
            emit!(Loop, "turn", turn = turn);
            if !self.run_queue() {
                return self.cut_short(Step::Hooks);
            }
        }
        Idle::run_all(self);
        Prepare::run_all(self);
        true
    }

    /// Phases 5, after the wait, to 9, or what is left of them.
    pub(crate) fn after_poll(&mut self, from: Step) -> bool {
        if from <= Step::Hooks {
            self.enter_phase(Phase::Poll);
            let put_off = self.put_off();
            let finished = self.run_events();
            self.recall(put_off);
            if !finished {
                return self.cut_short(Step::Queue);
            }
        }
        if from <= Step::Queue && !self.run_passes() {
            return self.cut_short(Step::Check);
        }
        if from <= Step::Check {
            Check::run_all(self);
            if !self.closing.is_empty() {
                self.enter_phase(Phase::Closing);
                if !self.run_closing() {
                    return self.cut_short(Step::Timers);
                }
            }
        }
        self.enter_phase(Phase::Timers);
        self.update_time();
        self.run_timers()
    }

    /// Phase 6.
    fn run_passes(&mut self) -> bool {
        self.enter_phase(Phase::Poll);
        for _ in 0..=self.budgets.queue_passes {
            if !self.run_queue() || !self.run_finished() {
                return false;
            }
            if !self.has_pending() {
                break;
            }
        }
        true
    }

    /// Waits, and keeps what the kernel says: no callback runs here. A wait that a signal cuts short goes on.
    pub(crate) fn wait(&mut self, timeout: Option<u64>) -> Result<(), Errno> {
        if !self.events.is_empty() {
            // A turn was cut short: first what was reported then.
            return Ok(());
        }
        let until = self.now.saturating_add(timeout.unwrap_or(0));
        let left = || until.saturating_sub(hrtime());
        // The timeout counts from `now`; callbacks may have run since.
        let mut exact = timeout.map(|timeout| if timeout == 0 { 0 } else { left() });
        self.metrics.sleep();
        let waited = loop {
            match self.poller.wait(exact) {
                Err(Errno::EINTR) => exact = timeout.map(|_| left()),
                result => break result,
            }
        };
        self.metrics.wake();
        self.update_time();
        let count = waited?;
        self.metrics.events(count, timeout == Some(0));
        emit!(
            Loop,
            "wait",
            timeout_ns = timeout.map_or(-1, |timeout| timeout as i64),
            events = count
        );
        self.events = 0..count;
        Ok(())
    }

    #[inline]
    pub(crate) fn enter_phase(&mut self, phase: Phase) {
        self.metrics.leave(self.phase);
        self.phase = phase;
        if trace::on() {
            trace::at(self.id(), self.metrics.turns(), phase);
        }
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.cx.workers.shut();
        self.cx.hub.shut();
        // Deregister and close; the callbacks, and what they captured, go with the entries.
        for entry in self.cx.table.drain() {
            if entry.watched.is_some()
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
