//! What callbacks see of the loop: all of it, but the power to run or drop it.

mod descriptor;
mod handle;
mod queue;
mod scratch;
mod slot;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::budgets::Budgets;
use crate::closing::Closing;
use crate::hook::{Check, HookList, Idle, OnHook, Prepare};
use crate::metrics::Metrics;
use crate::phase::Phase;
use crate::sys::poller::Poller;
use crate::sys::{Errno, hrtime};
use crate::table::{Parts, Table};
use crate::timer::Timers;
use crate::turn::Step;
use crate::wake::Hub;
use crate::workers::Workers;
use crate::{Handle, Key, State};

pub use descriptor::Refused;
pub use handle::HandleInfo;
pub use scratch::Scratch;

pub(crate) use descriptor::Watchers;
pub(crate) use queue::RunQueue;
pub(crate) use slot::Slots;

/// The loop, as its callbacks see it.
///
/// A [`Loop`](crate::Loop) derefs to its `Ctx`, so that everything here can be called from outside as well.
///
/// # Rules
///
/// - Calls made on a `Ctx` are leaves: none of them runs a callback before it returns. Callbacks run in the loop's phases only.
/// - Handles are names. Each call resolves the handle it is given, and fails with [`Errno::EBADF`] if it is gone
///   or belongs to another loop, and with [`Errno::EINVAL`] if it is closing and the call would start something.
/// - A callback may close any handle, its own included. It runs on until it returns, and is not called again.
/// - A callback must not put another loop's `Ctx` in the place of its own (`std::mem::swap`) and leave it there: nothing unsafe comes of
///   it, but the loops do not know any more which of them is running.
pub struct Ctx {
    pub(crate) table: Table,
    pub(crate) poller: Poller,
    /// Which of the poller's events have not been worked off yet.
    pub(crate) events: Range<usize>,
    /// The event that reported them, for those who ask for causes.
    pub(crate) reported_by: Option<u64>,
    pub(crate) watchers: Watchers,
    /// Those whose descriptors are registered before the next wait; some may be gone or registered by then.
    pub(crate) to_watch: Vec<Key>,
    pub(crate) queue: RunQueue,
    pub(crate) closing: Closing,
    pub(crate) timers: Timers,
    pub(crate) idle: HookList<OnHook<Idle>>,
    pub(crate) prepare: HookList<OnHook<Prepare>>,
    pub(crate) check: HookList<OnHook<Check>>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) workers: Workers,
    /// Started signal handles.
    pub(crate) signals: Vec<Key>,
    pub(crate) slots: Slots,
    pub(crate) budgets: Budgets,
    pub(crate) metrics: Metrics,
    /// Where reads without a buffer of their own land.
    pub(crate) scratch: Scratch,
    pub(crate) on_change: Option<Box<dyn FnMut()>>,
    /// Active, referenced handles.
    pub(crate) holding: usize,
    /// Requests in flight.
    pub(crate) requests: usize,
    /// What [`Ctx::next_number`] gave last.
    pub(crate) last_number: u64,
    /// The loop's idea of the time, in nanoseconds of the monotonic clock.
    pub(crate) now: u64,
    pub(crate) phase: Phase,
    pub(crate) stopping: bool,
    /// When the host wants the thread back, for [`Loop::run_for`](crate::Loop::run_for).
    pub(crate) deadline: Option<u64>,
    /// Where a turn goes on that was cut short, because the host's time ran out.
    pub(crate) cut: Option<Step>,
}

impl Ctx {
    /// This loop's number among those of the process, counting up from 1. Traces name it.
    pub fn id(&self) -> u32 {
        self.table.id
    }

    /// The loop's idea of the time: the monotonic clock, read when the kernel last returned from waiting and again before
    /// timers run (`uv_now`, but exact to the nanosecond).
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.now)
    }

    /// Reads the clock anew, for callbacks that take long and then start timers (`uv_update_time`).
    pub fn update_time(&mut self) {
        self.now = hrtime();
    }

    /// Makes [`Loop::run`](crate::Loop::run) return after the turn it is in; if it is not running, makes its next call return at once
    /// (`uv_stop`).
    pub fn stop(&mut self) {
        self.stopping = true;
        self.changed();
    }

    /// Whether the loop has something to run for: an active, referenced handle, a request in flight, a handle that was
    /// [fed](Ctx::feed), or one that is closing (`uv_loop_alive`).
    pub fn alive(&self) -> bool {
        self.holding > 0 || self.requests > 0 || self.has_pending() || !self.closing.is_empty()
    }

    /// The phase the loop is in; [`Phase::Outside`] when it is not in a turn.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The bounds on a turn's work.
    pub fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    /// A request begins: the loop stays alive until [`Ctx::end_request`] (`uv__req_register`).
    #[inline]
    pub fn begin_request(&mut self) {
        self.requests += 1;
        self.changed();
    }

    /// A request ended, and its callback is about to be called (`uv__req_unregister`).
    ///
    /// # Errors
    ///
    /// `EINVAL` if none was in flight: one of them ended twice.
    #[inline]
    pub fn end_request(&mut self) -> Result<(), Errno> {
        self.requests = self.requests.checked_sub(1).ok_or(Errno::EINVAL)?;
        self.changed();
        Ok(())
    }

    /// A number that nobody else of this loop is given: counted up from 1. For layers above that tell things apart which are no handles.
    pub fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// How many requests are in flight.
    pub fn requests(&self) -> usize {
        self.requests
    }

    /// The buffer of 64 KiB that reads land in. Whoever takes it out gives it back when the last reader has seen
    /// what is in it; if it is not given back, the next one is made anew.
    #[inline]
    pub fn take_scratch(&mut self) -> Box<[u8]> {
        self.scratch.take()
    }

    /// A handle's [parts](Ctx::parts) and the place of that buffer, to read from the one into the other.
    #[inline]
    pub fn parts_with_scratch<T: State>(
        &mut self,
        handle: Handle<T>,
    ) -> Option<(Parts<'_, T>, &mut Scratch)> {
        Some((self.table.parts(handle)?, &mut self.scratch))
    }

    /// Gives the buffer back. One of another size is dropped.
    #[inline]
    pub fn put_scratch(&mut self, scratch: Box<[u8]>) {
        self.scratch.put(scratch);
    }

    /// The size of the buffer that [`Ctx::take_scratch`] lends: 64 KiB, as Node asks of libuv.
    pub const SCRATCH_SIZE: usize = 64 * 1024;

    /// Tells an embedding host, unless a turn is going on, that what it knows of deadline or interest is out of date.
    #[inline]
    pub(crate) fn changed(&mut self) {
        if self.phase == Phase::Outside
            && let Some(on_change) = &mut self.on_change
        {
            on_change();
        }
    }

    /// Whether the host wants the thread back.
    #[inline]
    pub(crate) fn out_of_time(&self) -> bool {
        self.deadline.is_some_and(|deadline| hrtime() >= deadline)
    }
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx")
            .field("id", &self.id())
            .field("backend", &Poller::NAME)
            .field("phase", &self.phase)
            .field("handles", &self.table.len())
            .field("holding", &self.holding)
            .field("requests", &self.requests)
            .field("queued", &self.queue.len())
            .finish_non_exhaustive()
    }
}
