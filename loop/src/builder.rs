//! Making a loop that differs from the default.

use std::sync::Arc;

use crate::budgets::Budgets;
use crate::ctx::{RunQueue, Slots};
use crate::metrics::Metrics;
use crate::phase::Phase;
use crate::sys::poller::Poller;
use crate::sys::{Errno, Waker, hrtime};
use crate::table::Table;
use crate::wake::Hub;
use crate::workers::Workers;
use crate::{Ctx, Loop, Scratch};

/// Makes a [`Loop`] with other bounds than the default ones (`uv_loop_configure`, but before the loop is there).
///
/// ```
/// let lp = uvox_loop::Loop::builder().budgets(|budgets| budgets.reads = 4).measure(true).build()?;
/// assert_eq!(lp.budgets().reads, 4);
/// # Ok::<(), uvox_loop::Errno>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    budgets: Budgets,
    measure: bool,
    worker_threads: Option<usize>,
}

impl Builder {
    /// Changes the bounds on a turn's work. A bound of zero would stop the loop for ever, and counts as one.
    pub fn budgets(mut self, change: impl FnOnce(&mut Budgets)) -> Builder {
        change(&mut self.budgets);
        self.budgets.at_least_one();
        self
    }

    /// Whether to keep times as well as counts: see [`Ctx::metrics`] (`UV_METRICS_IDLE_TIME`).
    pub fn measure(mut self, measure: bool) -> Builder {
        self.measure = measure;
        self
    }

    /// How many worker threads there may be, once there is [work](Ctx::queue_work): 1 to 1024, the nearest of which is taken. Without
    /// this the environment's `UV_THREADPOOL_SIZE` says, at the time of the first work, or else it is 4.
    pub fn worker_threads(mut self, count: usize) -> Builder {
        self.worker_threads = Some(count);
        self
    }

    /// Makes the loop.
    ///
    /// # Errors
    ///
    /// What the kernel says if it cannot make a poller or a wake-up: `EMFILE` and `ENFILE` when descriptors run out.
    pub fn build(self) -> Result<Loop, Errno> {
        let mut cx = Ctx {
            table: Table::new(),
            poller: Poller::new(self.budgets.events)?,
            events: 0..0,
            reported_by: None,
            watchers: Default::default(),
            to_watch: Vec::new(),
            queue: RunQueue::default(),
            closing: Default::default(),
            timers: Default::default(),
            idle: Default::default(),
            prepare: Default::default(),
            check: Default::default(),
            hub: Arc::new(Hub::new(Arc::new(Waker::new()?))),
            workers: Workers::new(self.worker_threads),
            signals: Vec::new(),
            slots: Slots::default(),
            budgets: self.budgets,
            metrics: Metrics::new(self.measure),
            scratch: Scratch::NONE,
            on_change: None,
            holding: 0,
            requests: 0,
            last_number: 0,
            now: hrtime(),
            phase: Phase::Outside,
            stopping: false,
            deadline: None,
            cut: None,
        };
        cx.watch_hub()?;
        Ok(Loop { cx })
    }
}
