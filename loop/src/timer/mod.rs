//! Timers (`timer.c`).

mod due;
mod heap;
mod schedule;

pub(crate) use schedule::Timers;

use std::fmt;
use std::time::Duration;

use crate::callback::Callback;
use crate::kind::{Kind, State};
use crate::sys::Errno;
use crate::{Ctx, Handle, Key};

/// Calls back after a time, once or again and again (`uv_timer_t`).
///
/// # Contract
///
/// - Times are exact to the nanosecond and count from the loop's [`now`](Ctx::now). A callback runs in the timers phase, never
///   before its deadline on the monotonic clock, and at most one turn after the loop could have known.
/// - Of timers with equal deadlines, the one started first fires first.
/// - A timer that starts in the timers phase, with a timeout of zero too, waits for the next one.
/// - A repeating timer is started anew, from the loop's `now`, right before its callback runs: it does not catch up on
///   what it missed.
/// - Timeouts beyond five hundred years never come due.
///
/// ```
/// use std::time::Duration;
/// use uvox_loop::{Loop, RunMode, Timer};
///
/// let mut lp = Loop::new()?;
/// let timer = Timer::new(&mut lp);
/// let mut ticks = 0;
/// timer.start(&mut lp, Duration::ZERO, Duration::from_millis(1), move |cx, timer| {
///     ticks += 1;
///     if ticks == 3 {
///         cx.close(timer, |_| ()).unwrap();
///     }
/// })?;
/// lp.run(RunMode::Default)?;
/// # Ok::<(), uvox_loop::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timer(pub(crate) Handle<TimerState>);

type OnTimer = dyn FnMut(&mut Ctx, Timer);

/// A timer's state in the loop's table.
#[derive(Debug)]
pub(crate) struct TimerState {
    callback: Callback<OnTimer>,
    /// In nanoseconds; 0: once.
    repeat: u64,
    pub(crate) schedule: schedule::Schedule,
}

static TIMER: Kind<TimerState> = Kind::new("timer").on_stop(|cx, key| {
    if let Some(state) = cx.table.state_mut(Handle::<TimerState>::from_key(key)) {
        cx.timers.forget(&mut state.schedule);
    }
});

impl State for TimerState {
    const KIND: &'static Kind<TimerState> = &TIMER;
}

impl Timer {
    /// A timer that is not started (`uv_timer_init`).
    #[track_caller]
    pub fn new(cx: &mut Ctx) -> Timer {
        // Made where it is to stand, and not copied there.
        Timer(cx.table.insert_with(&TIMER, |_| TimerState {
            callback: Callback::Unset,
            repeat: 0,
            schedule: schedule::Schedule::default(),
        }))
    }

    /// Calls `callback` after `timeout`, and then every `repeat`, unless that is zero (`uv_timer_start`). A timer that is
    /// started already starts over, also from its own callback.
    ///
    /// # Errors
    ///
    /// `EBADF` if the timer is gone, `EINVAL` if it is closing.
    pub fn start(
        self,
        cx: &mut Ctx,
        timeout: Duration,
        repeat: Duration,
        callback: impl FnMut(&mut Ctx, Timer) + 'static,
    ) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        state.callback = Callback::Set(Box::new(callback));
        state.repeat = nanoseconds(repeat);
        self.arm(cx, nanoseconds(timeout))
    }

    /// Stops the timer; one that is not started stays so (`uv_timer_stop`). Its callback is kept for [`Timer::again`].
    ///
    /// # Errors
    ///
    /// `EBADF` if the timer is gone.
    pub fn stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.table.state_mut(self.0).ok_or(Errno::EBADF)?;
        cx.timers.stop(&mut state.schedule);
        cx.timers.compact(&mut cx.table);
        cx.set_active(self.0, false)
    }

    /// Starts a repeating timer over, with its repeat as the timeout; does nothing if it has none (`uv_timer_again`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the timer is gone, `EINVAL` if it is closing or was never started.
    pub fn again(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        if !state.callback.is_set() {
            return Err(Errno::EINVAL);
        }
        match state.repeat {
            0 => Ok(()),
            repeat => self.arm(cx, repeat),
        }
    }

    /// The time between calls; zero if the timer does not repeat (`uv_timer_get_repeat`). `None` if it is gone.
    pub fn repeat(self, cx: &Ctx) -> Option<Duration> {
        Some(Duration::from_nanos(cx.state(self.0)?.repeat))
    }

    /// Changes the time between calls, from the next start on: set in the callback of a repeating timer, it takes effect
    /// after the start that was made before the callback (`uv_timer_set_repeat`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the timer is gone.
    pub fn set_repeat(self, cx: &mut Ctx, repeat: Duration) -> Result<(), Errno> {
        cx.state_mut(self.0).ok_or(Errno::EBADF)?.repeat = nanoseconds(repeat);
        Ok(())
    }

    /// How long until it comes due, from the loop's `now`; zero if it is overdue, `None` if it is not started or gone
    /// (`uv_timer_get_due_in`).
    pub fn due_in(self, cx: &Ctx) -> Option<Duration> {
        let deadline = cx.state(self.0)?.schedule.deadline()?;
        Some(Duration::from_nanos(deadline.saturating_sub(cx.now)))
    }

    fn arm(self, cx: &mut Ctx, timeout: u64) -> Result<(), Errno> {
        let state = cx.table.state_mut(self.0).ok_or(Errno::EBADF)?;
        cx.timers.start(
            &mut state.schedule,
            cx.now.saturating_add(timeout),
            self.0.key().slot(),
        );
        cx.timers.compact(&mut cx.table);
        cx.set_active(self.0, true)?;
        cx.changed();
        Ok(())
    }

    /// The timer's time has come.
    pub(crate) fn fire(self, cx: &mut Ctx) {
        let Some(state) = cx.state(self.0) else {
            return;
        };
        let armed = match state.repeat {
            0 => cx.set_active(self.0, false),
            repeat => self.arm(cx, repeat),
        };
        debug_assert_eq!(armed, Ok(()));
        cx.call(
            self.0,
            |state| &mut state.callback,
            |callback, cx| callback(cx, self),
        );
    }
}

/// A duration in nanoseconds; what is beyond counting is beyond waiting for.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl From<Timer> for Key {
    fn from(timer: Timer) -> Key {
        timer.0.key()
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timer({})", self.0.key())
    }
}
