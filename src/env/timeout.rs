//! Timeouts and intervals (`setTimeout`, `setInterval`, `processTimers`).

use std::time::Duration;

use uvox_loop::{Ctx, Timer};

use super::environment;
use super::lists::{Action, Lists};
use super::scope;

/// What a loop has of them: one timer for all.
#[derive(Default)]
pub(super) struct Timeouts {
    lists: Lists,
    timer: Option<Timer>,
    /// When the timer is due, in nanoseconds.
    armed: Option<u64>,
    /// Whether the timer keeps the loop alive.
    holds: bool,
    /// The lists are being worked off: the timer is armed when that is done.
    running: bool,
}

/// A timeout or an interval (Node's `Timeout`): a name, to clear it by. One that is gone is as one that was cleared.
///
/// Times count from the loop's [`now`](Ctx::now); a callback never runs before its time. There is one list for all timeouts of one duration, so
/// that [`refresh`](Timeout::refresh) costs the same however many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timeout {
    pub(super) slot: u32,
    pub(super) serial: u64,
}

/// The shortest that there is, as in Node.
const SHORTEST: Duration = Duration::from_millis(1);

/// Runs `f` once, after a time, in the timers phase (`setTimeout`): a millisecond at least. It keeps the loop alive.
pub fn set_timeout(cx: &mut Ctx, time: Duration, f: impl FnOnce(&mut Ctx) + 'static) -> Timeout {
    start(cx, time, true, Action::Once(Box::new(f)))
}

/// Runs `f` every so often (`setInterval`), until it is [cleared](Timeout::clear): a millisecond at least, counted from when it was called. What it
/// misses it does not catch up on.
pub fn set_interval(
    cx: &mut Ctx,
    time: Duration,
    f: impl FnMut(&mut Ctx, Timeout) + 'static,
) -> Timeout {
    start(cx, time, true, Action::Every(Box::new(f)))
}

/// Runs `f` after a time, and does not keep the loop alive (`setUnrefTimeout`). When it has run it stays there, to be [started anew](Timeout::refresh) by the
/// next that happens, until it is [cleared](Timeout::clear): what a socket's timeout is.
pub fn set_idle_timeout(
    cx: &mut Ctx,
    time: Duration,
    f: impl FnMut(&mut Ctx, Timeout) + 'static,
) -> Timeout {
    start(cx, time, false, Action::Each(Box::new(f)))
}

fn start(cx: &mut Ctx, time: Duration, referenced: bool, action: Action) -> Timeout {
    let (now, duration) = (nanoseconds(cx.now()), nanoseconds(time.max(SHORTEST)));
    let lists = &mut timeouts_of(cx).lists;
    let timeout = lists.add(now, duration, referenced, action);
    arm(cx);
    timeout
}

impl Timeout {
    /// Takes it back (`clearTimeout`, `clearInterval`), for good.
    pub fn clear(self, cx: &mut Ctx) {
        let cleared = timeouts_of(cx).lists.remove(self);
        arm(cx);
        // What it captured may do anything when it is dropped.
        drop(cleared);
    }

    /// Starts it anew, from now, with the time that it has (`refresh`). One that is gone, as a timeout is that has run, stays so.
    pub fn refresh(self, cx: &mut Ctx) {
        let now = nanoseconds(cx.now());
        if timeouts_of(cx).lists.refresh(self, now) {
            arm(cx);
        }
    }

    /// Lets it keep the loop alive while it waits.
    pub fn ref_(self, cx: &mut Ctx) {
        timeouts_of(cx).lists.set_referenced(self, true);
        arm(cx);
    }

    /// Lets the loop end before it.
    pub fn unref(self, cx: &mut Ctx) {
        timeouts_of(cx).lists.set_referenced(self, false);
        arm(cx);
    }

    /// Whether it keeps the loop alive while it waits; false if it is gone.
    pub fn has_ref(self, cx: &Ctx) -> bool {
        environment::look(cx)
            .and_then(|env| env.timeouts.lists.is_referenced(self))
            .unwrap_or(false)
    }

    /// Whether it waits for its time.
    pub fn is_waiting(self, cx: &Ctx) -> bool {
        environment::look(cx).is_some_and(|env| env.timeouts.lists.is_waiting(self))
    }
}

fn timeouts_of(cx: &mut Ctx) -> &mut Timeouts {
    &mut environment::of(cx).timeouts
}

impl Timeouts {
    /// Whether the loop's timer is as the lists want it. One that is due too early does no harm: it looks, and waits again.
    #[inline]
    fn is_armed(&self) -> bool {
        match self.lists.next() {
            None => self.armed.is_none(),
            Some((expiry, holds)) => {
                self.holds == holds && self.armed.is_some_and(|armed| armed <= expiry)
            }
        }
    }
}

/// Brings the loop's timer into line with the lists (`scheduleTimer`, `toggleTimerRef`).
#[inline]
fn arm(cx: &mut Ctx) {
    let timeouts = timeouts_of(cx);
    if !timeouts.running && !timeouts.is_armed() {
        arm_timer(cx);
    }
}

#[inline(never)]
fn arm_timer(cx: &mut Ctx) {
    let timeouts = timeouts_of(cx);
    let known = timeouts.timer;
    let Some((expiry, holds)) = timeouts.lists.next() else {
        timeouts.armed = None;
        if let Some(timer) = known {
            let _ = timer.stop(cx);
        }
        return;
    };
    let timer = known.unwrap_or_else(|| make_timer(cx));
    // It is internal, so nobody closes it. Should the host have done so all the same, there are no timeouts any more.
    let _ = if holds {
        cx.ref_(timer)
    } else {
        cx.unref(timer)
    };
    let timeouts = timeouts_of(cx);
    timeouts.holds = holds;
    if timeouts.armed.is_none_or(|armed| armed > expiry) {
        timeouts.armed = Some(expiry);
        let left = expiry.saturating_sub(nanoseconds(cx.now()));
        let _ = timer.start(cx, Duration::from_nanos(left), Duration::ZERO, |cx, _| {
            run(cx)
        });
    }
}

fn make_timer(cx: &mut Ctx) -> Timer {
    let timer = Timer::new(cx);
    // It was made just now.
    let _ = cx.set_internal(timer);
    timeouts_of(cx).timer = Some(timer);
    timer
}

/// The lists are being worked off. If a callback panics, the rest is for the next time.
struct Running<'a>(&'a mut Ctx);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let timeouts = timeouts_of(self.0);
        timeouts.running = false;
        timeouts.armed = None;
        arm(self.0);
    }
}

/// Runs those that are due (`processTimers`, `listOnTimeout`).
fn run(cx: &mut Ctx) {
    timeouts_of(cx).running = true;
    let running = Running(cx);
    scope::enter(running.0, |cx| {
        let now = nanoseconds(cx.now());
        let mut is_first = true;
        while timeouts_of(cx)
            .lists
            .next()
            .is_some_and(|(expiry, _)| expiry <= now)
        {
            if !std::mem::take(&mut is_first) {
                scope::between(cx);
            }
            if scope::uncaught(cx).is_some() {
                return;
            }
            let Some((timeout, action)) = timeouts_of(cx).lists.take_due(now) else {
                return;
            };
            call(cx, timeout, action);
        }
    });
}

fn call(cx: &mut Ctx, timeout: Timeout, action: Action) {
    if let Action::Once(f) = action {
        return f(cx);
    }
    let mut visit = Visit {
        began: nanoseconds(cx.now()),
        cx,
        timeout,
        action,
    };
    if let Action::Every(f) | Action::Each(f) = &mut visit.action {
        f(visit.cx, timeout);
    }
}

/// One that is called more than once, on its way. It goes back even if it panics.
struct Visit<'a> {
    cx: &'a mut Ctx,
    timeout: Timeout,
    action: Action,
    began: u64,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let action = std::mem::replace(&mut self.action, Action::Running);
        let lists = &mut timeouts_of(self.cx).lists;
        let over = lists.put_back(self.timeout, action, self.began);
        drop(over);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
