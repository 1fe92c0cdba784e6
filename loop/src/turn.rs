//! The turn of the loop, phase by phase.
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

use crate::hook::{Check, Idle, Prepare};
use crate::phase::{Phase, RunMode};
use crate::sys::{Errno, hrtime};
use crate::{Ctx, emit, trace};

/// A loop in the middle of a run; however it ends, by a panic too, the loop is outside again.
pub(crate) struct Running<'a> {
    pub(crate) cx: &'a mut Ctx,
    /// Whether what [`Ctx::stop`] asked for is done with when this ends, however it ends.
    pub(crate) ends_stop: bool,
    /// Where the thread was, if it is traced: in a callback of another loop, it may be.
    before: Option<trace::Place>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // A host may wait on the poller's descriptor now, without asking again.
        self.cx.watch_waiting();
        self.cx.enter_phase(Phase::Outside);
        self.cx.deadline = None;
        if self.ends_stop {
            self.cx.stopping = false;
        }
        if let Some(before) = self.before {
            trace::back_to(before);
        }
    }
}

/// The steps of a turn before which the host's time may run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Pending,
    Hooks,
    Events,
    PutOff,
    Passes,
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
        let before = trace::on().then(trace::place);
        self.enter_phase(Phase::Pending);
        Ok(Running {
            cx: self,
            ends_stop: true,
            before,
        })
    }

    /// One turn, phases 2 to 9, or the rest of one that was cut short. False if it was cut short itself.
    pub(crate) fn turn(&mut self, mode: RunMode) -> Result<bool, Errno> {
        // In `Once` mode, callbacks that are pending or idle are what the turn was for: it does not wait for more.
        let sleepless = mode == RunMode::Once && (!self.queue.is_empty() || !self.idle.is_empty());
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
    #[inline]
    pub(crate) fn before_poll(&mut self, from: Step) -> bool {
        if from == Step::Pending {
            let turn = self.metrics.turn();
            self.enter_phase(Phase::Pending);
            emit!(Loop, "turn", turn = turn);
            if !self.run_fed() {
                return self.cut_short(Step::Hooks);
            }
        }
        Idle::run_all(self);
        Prepare::run_all(self);
        true
    }

    /// Phases 5, after the wait, to 9, or what is left of them.
    #[inline]
    pub(crate) fn after_poll(&mut self, from: Step) -> bool {
        if from <= Step::Passes {
            self.enter_phase(Phase::Poll);
            if let Err(next) = self.run_poll(from) {
                return self.cut_short(next);
            }
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

    /// What is left of the poll phase, and phase 6. The error is the step that is to follow if the host's time ran out.
    #[inline]
    fn run_poll(&mut self, from: Step) -> Result<(), Step> {
        if from <= Step::Hooks {
            self.recall_put_off();
            if !self.run_put_off_ahead() {
                return Err(Step::Events);
            }
        }
        if from <= Step::Events && !self.run_events() {
            return Err(Step::PutOff);
        }
        if from <= Step::PutOff && !self.run_put_off() {
            return Err(Step::Passes);
        }
        if self.run_passes() {
            Ok(())
        } else {
            Err(Step::Check)
        }
    }

    /// Phase 6.
    #[inline]
    fn run_passes(&mut self) -> bool {
        for _ in 0..=self.budgets.queue_passes {
            if !self.run_fed() || !self.run_finished() {
                return false;
            }
            if !self.has_pending() {
                break;
            }
        }
        true
    }

    /// Waits, and keeps what the kernel says: no callback runs here. A wait that a signal cuts short goes on.
    #[inline]
    pub(crate) fn wait(&mut self, timeout: Option<u64>) -> Result<(), Errno> {
        if !self.events.is_empty() {
            // A turn was cut short: first what was reported then.
            return Ok(());
        }
        self.watch_waiting();
        // If one of them was refused, it is to be told.
        let timeout = if self.queue.is_empty() {
            timeout
        } else {
            Some(0)
        };
        self.metrics.sleep();
        let waited = match timeout {
            None => self.wait_until(None),
            Some(0) => self.look(),
            // It counts from `now`; callbacks may have run since.
            Some(timeout) => self.wait_until(Some(self.now.saturating_add(timeout))),
        };
        self.metrics.wake();
        self.update_time();
        let count = waited?;
        self.metrics.events(count, timeout == Some(0));
        self.reported_by = emit!(Loop, "wait", timeout_ns = timeout, events = count);
        self.events = 0..count;
        Ok(())
    }

    /// What the kernel has to say already.
    #[inline]
    fn look(&mut self) -> Result<usize, Errno> {
        loop {
            let looked = self.poller.wait(Some(0));
            if looked != Err(Errno::EINTR) {
                return looked;
            }
        }
    }

    /// What it has to say until then, or for however long it takes.
    fn wait_until(&mut self, until: Option<u64>) -> Result<usize, Errno> {
        loop {
            let left = until.map(|until| until.saturating_sub(hrtime()));
            let waited = self.poller.wait(left);
            if waited != Err(Errno::EINTR) {
                return waited;
            }
        }
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
