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
    /// Where the thread was: in a callback of another loop, it may be.
    before: trace::Place,
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
        trace::back_to(self.before);
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
        let before = trace::place();
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
            if !self.run_fed() {
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
            self.recall_put_off();
            if !self.run_put_off_ahead() {
                return self.cut_short(Step::Events);
            }
        }
        if from <= Step::Events {
            self.enter_phase(Phase::Poll);
            if !self.run_events() {
                return self.cut_short(Step::PutOff);
            }
        }
        if from <= Step::PutOff {
            self.enter_phase(Phase::Poll);
            if !self.run_put_off() {
                return self.cut_short(Step::Passes);
            }
        }
        if from <= Step::Passes && !self.run_passes() {
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
        self.reported_by = emit!(Loop, "wait", timeout_ns = timeout, events = count);
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
