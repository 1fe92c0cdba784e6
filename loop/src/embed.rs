//! Driving a loop from another one: a GUI's, a game's, a language runtime's.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use crate::phase::{Phase, RunMode};
use crate::sys::{Errno, hrtime};
use crate::timer::nanoseconds;
use crate::turn::Step;
use crate::{Ctx, Loop};

impl Ctx {
    /// When the next timer comes due, on the clock of [`Ctx::now`]; zero if some are due already. `None` if no timer is started.
    pub fn next_deadline(&mut self) -> Option<Duration> {
        self.timers
            .next_deadline(&mut self.table)
            .map(Duration::from_nanos)
    }

    /// How long the loop would wait for the kernel now, counted from [`Ctx::now`] (`uv_backend_timeout`): `Some(ZERO)` not at all, `None` for
    /// as long as it takes.
    ///
    /// It would not wait if something is queued, an idle handle is active, a handle is closing, [`Ctx::stop`] was called, or nothing
    /// keeps the loop alive; otherwise until the next timer.
    pub fn backend_timeout(&mut self) -> Option<Duration> {
        self.poll_timeout().map(Duration::from_nanos)
    }

    pub(crate) fn poll_timeout(&mut self) -> Option<u64> {
        if self.stopping || (self.holding == 0 && self.requests == 0) || self.has_work() {
            return Some(0);
        }
        let deadline = self.timers.next_deadline(&mut self.table)?;
        Some(deadline.saturating_sub(self.now))
    }

    /// Whether there is something to call, timers aside.
    fn has_work(&self) -> bool {
        self.cut.is_some()
            || !self.events.is_empty()
            || !self.queue.is_empty()
            || !self.idle.is_empty()
            || !self.closing.is_empty()
            || self.workers.has_finished()
    }
}

impl Loop {
    /// Calls `callback` whenever what [`Ctx::backend_timeout`] says, or the interest in descriptors, changed by a call from outside a
    /// turn: a timer was started, a handle closed. The host then asks again before it sleeps. It is the one callback that
    /// runs inside other calls, so it gets nothing to call. `None` ends it.
    pub fn on_change(&mut self, callback: Option<Box<dyn FnMut()>>) {
        self.cx.on_change = callback;
    }

    /// Waits for the kernel, and keeps what it says for [`Loop::dispatch`]; no callback runs. It waits for `timeout` at most (`None`: no
    /// bound), and never longer than [`Ctx::backend_timeout`]. Returns whether there is anything to dispatch.
    ///
    /// ```
    /// use std::time::Duration;
    /// use uvox_loop::{Loop, Timer};
    ///
    /// let mut lp = Loop::new()?;
    /// let timer = Timer::new(&mut lp);
    /// timer.start(&mut lp, Duration::from_millis(1), Duration::ZERO, |cx, t| cx.close(t, |_| ()).unwrap())?;
    /// while lp.alive() {
    ///     // A host would do the waiting itself, on `lp.as_fd()`, among its own descriptors.
    ///     lp.poll(Some(Duration::from_millis(10)))?;
    ///     lp.dispatch()?;
    /// }
    /// # Ok::<(), uvox_loop::Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Loop::run`].
    pub fn poll(&mut self, timeout: Option<Duration>) -> Result<bool, Errno> {
        let mut running = self.cx.enter()?;
        running.ends_stop = false;
        let cx = &mut *running.cx;
        cx.update_time();
        let longest = match (timeout.map(nanoseconds), cx.poll_timeout()) {
            (Some(asked), Some(own)) => Some(asked.min(own)),
            (asked, own) => asked.or(own),
        };
        cx.enter_phase(Phase::Poll);
        cx.wait(longest)?;
        let deadline = cx.timers.next_deadline(&mut cx.table);
        Ok(cx.has_work() || deadline.is_some_and(|deadline| deadline <= cx.now))
    }

    /// Runs the callbacks of one turn, without waiting: of what [`Loop::poll`] found, then check, close and timer callbacks, then what is
    /// pending, idle and prepare, so that the host may wait again. Returns whether the loop is still alive.
    ///
    /// # Errors
    ///
    /// `EBUSY` if the loop is running already.
    pub fn dispatch(&mut self) -> Result<bool, Errno> {
        let running = self.cx.enter()?;
        let cx = &mut *running.cx;
        cx.cut = None;
        cx.after_poll(Step::Pending);
        cx.before_poll(Step::Pending);
        Ok(cx.alive())
    }

    /// Runs turns, without waiting, until there is nothing left to do now or `duration` is over: for a host that has a few milliseconds
    /// left in its frame. The clock is looked at after each callback, except idle, prepare and check, so the overrun is one callback
    /// at most. What the loop had not come to stays queued, in order, and the next call goes on with the next step of the turn, so
    /// that no phase can keep the others from theirs, however little time there is. Returns whether the loop is still alive; ask
    /// [`Ctx::backend_timeout`] whether there is more to do at once.
    ///
    /// # Errors
    ///
    /// As [`Loop::run`].
    pub fn run_for(&mut self, duration: Duration) -> Result<bool, Errno> {
        let deadline = hrtime().saturating_add(nanoseconds(duration));
        let running = self.cx.enter()?;
        let cx = &mut *running.cx;
        cx.deadline = Some(deadline);
        cx.update_time();
        while cx.alive() && !cx.stopping {
            // The rest of a turn may have nothing to call: another follows then, so that no call is in vain.
            let rest = cx.cut.is_some();
            let finished = cx.turn(RunMode::NoWait)?;
            if !finished || (!rest && cx.out_of_time()) || cx.poll_timeout() != Some(0) {
                break;
            }
        }
        Ok(cx.alive())
    }
}

impl AsFd for Loop {
    /// The poller's descriptor (`uv_backend_fd`): readable when the kernel has something to say. It never changes. A host that
    /// watches it must ask [`Ctx::backend_timeout`] before it sleeps: what is queued already shows there, not here.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.cx.poller.as_fd()
    }
}

impl AsRawFd for Loop {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}
