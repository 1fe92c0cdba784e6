//! Work on other threads (`threadpool.c`).
//!
//! A loop has a small pool of threads of its own. What runs there is `Send` and knows nothing of the loop; what is to be done with its
//! result is not, and waits in [`Workers`], on the loop's thread, under the name that travels with the work.

mod error;
mod lookup;
mod pool;

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;

use slab::Slab;

use crate::sys::Errno;
use crate::{Ctx, emit, trace};

pub use error::WorkError;

pub(crate) use pool::Speed;
use pool::{Job, Pool};

/// Work that was queued on a loop's threads (`uv_work_t`): a name, to [cancel](Work::cancel) it by. It is over when its `done` is
/// called, and from then on the name stands for nothing. See [`Ctx::queue_work`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Work {
    loop_id: u32,
    slot: u32,
    /// Counts up with each work of the loop: no two have the same, and it is their order in the queue.
    serial: u64,
}

/// A result on its way from a thread to the loop, without its type.
type AnyResult = Result<Box<dyn Any + Send>, WorkError>;

/// Work that a thread is done with, or that was cancelled.
#[derive(Debug)]
pub(crate) struct Finished {
    work: Work,
    result: AnyResult,
}

type OnDone = dyn FnOnce(&mut Ctx, AnyResult);

/// What waits for a work's result. It never leaves the loop's thread.
struct Pending {
    serial: u64,
    done: Box<OnDone>,
}

/// The loop's side of its worker threads.
pub(crate) struct Workers {
    size: Option<usize>,
    /// Made for the first work.
    pool: Option<Pool>,
    pending: Slab<Pending>,
    last_serial: u64,
    /// To be called back for, in order.
    finished: VecDeque<Finished>,
}

impl Workers {
    /// `size` is how many threads there may be, if the host said so.
    pub(crate) fn new(size: Option<usize>) -> Workers {
        Workers {
            size,
            pool: None,
            pending: Slab::new(),
            last_serial: 0,
            finished: VecDeque::new(),
        }
    }

    pub(crate) fn take_finished(&mut self, finished: Vec<Finished>) {
        self.finished.extend(finished);
    }

    /// Whether callbacks for finished work wait to be called.
    pub(crate) fn has_finished(&self) -> bool {
        !self.finished.is_empty()
    }

    /// The loop ends. Work that has not begun is dropped, here and now. If no work is in flight the threads are idle, and are waited for;
    /// otherwise they end by themselves, each when it is done.
    pub(crate) fn shut(&mut self) {
        if let Some(pool) = self.pool.take() {
            pool.shut(self.pending.is_empty());
        }
    }

    /// What waits for the result of this work; nothing if it is over or another loop's.
    fn take_pending(&mut self, loop_id: u32, work: Work) -> Option<Pending> {
        self.is_pending(loop_id, work)
            .then(|| self.pending.remove(work.slot as usize))
    }

    fn is_pending(&self, loop_id: u32, work: Work) -> bool {
        let pending = self.pending.get(work.slot as usize);
        work.loop_id == loop_id && pending.is_some_and(|pending| pending.serial == work.serial)
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers")
            .field("pool", &self.pool)
            .field("pending", &self.pending.len())
            .field("finished", &self.finished.len())
            .finish_non_exhaustive()
    }
}

impl Ctx {
    /// Runs `work` on another thread, and then `done`, with what it returned, on the loop's (`uv_queue_work`).
    ///
    /// The work waits its turn in a queue; works begin in the order in which they were queued, as many at a time as there are
    /// threads: see [`Builder::worker_threads`](crate::Builder::worker_threads). A thread is started when there is work for it and
    /// none is free. While work is in flight the loop is alive.
    ///
    /// `done` is called exactly once, in the poll phase, never inside another call; the calls come in the order in which the works
    /// finished. If the work panics, `done` gets the panic as a [`WorkError`], and the thread lives on. If `done` panics, the panic
    /// goes on out of [`Loop::run`](crate::Loop::run), and what else was finished is called back for in the next turn.
    ///
    /// If the loop is dropped, no `done` is called any more: work that has not begun is dropped unrun, work that runs goes on to its
    /// end, without being waited for, and its result is dropped. Work that is dropped unrun, cancelled or not, is always dropped on
    /// the loop's thread.
    ///
    /// ```
    /// use uvox_loop::{Loop, RunMode};
    ///
    /// let mut lp = Loop::new()?;
    /// lp.queue_work(
    ///     || (1..=20u64).product::<u64>(), // on a thread of its own
    ///     |_cx, result| assert_eq!(result.unwrap(), 2_432_902_008_176_640_000),
    /// )?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), uvox_loop::Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the system says if it can start no thread and there is none yet, `EAGAIN` as a rule; `work` and `done` are dropped. If it
    /// cannot start another one, the work waits for those there are.
    pub fn queue_work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Ctx, Result<T, WorkError>) + 'static,
    ) -> Result<Work, Errno> {
        self.queue_at(Speed::Quick, work, done)
    }

    /// As [`Ctx::queue_work`], for work that spends long times waiting for something outside, as the lookup of a name does. Such work
    /// may have half the threads, rounded up, and no more, however much of it there is, so that other work does not wait behind it
    /// (`UV__WORK_SLOW_IO`).
    ///
    /// # Errors
    ///
    /// As [`Ctx::queue_work`].
    pub fn queue_slow_work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Ctx, Result<T, WorkError>) + 'static,
    ) -> Result<Work, Errno> {
        self.queue_at(Speed::Slow, work, done)
    }

    fn queue_at<T: Send + 'static>(
        &mut self,
        speed: Speed,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Ctx, Result<T, WorkError>) + 'static,
    ) -> Result<Work, Errno> {
        let loop_id = self.id();
        let workers = &mut self.workers;
        let (hub, size) = (&self.hub, workers.size);
        let pool = workers
            .pool
            .get_or_insert_with(|| Pool::new(hub.clone(), size));
        let place = workers.pending.vacant_entry();
        let slot = u32::try_from(place.key()).map_err(|_| Errno::EAGAIN)?;
        workers.last_serial += 1;
        let serial = workers.last_serial;
        let name = Work {
            loop_id,
            slot,
            serial,
        };
        pool.submit(Job::new(name, speed, work))?;
        // The thread may be done by now. What it left in the hub is not looked at before the loop's next wait.
        place.insert(Pending {
            serial,
            done: Box::new(move |cx, result| done(cx, result.map(typed))),
        });
        emit!(
            Loop,
            "work.queue",
            work = serial,
            slow = speed == Speed::Slow
        );
        self.begin_request();
        Ok(name)
    }

    /// Calls back for the work that is done: that which is known to be when this begins. False if the host's time ran out before the end.
    #[inline]
    pub(crate) fn run_finished(&mut self) -> bool {
        self.workers.finished.is_empty() || self.run_each_finished()
    }

    #[inline(never)]
    fn run_each_finished(&mut self) -> bool {
        for _ in 0..self.workers.finished.len() {
            let Some(finished) = self.workers.finished.pop_front() else {
                break;
            };
            self.finish_work(finished);
            if self.deadline.is_some() && self.out_of_time() {
                return false;
            }
        }
        true
    }

    fn finish_work(&mut self, finished: Finished) {
        let Finished { work, result } = finished;
        let Some(pending) = self.workers.take_pending(self.id(), work) else {
            return;
        };
        // It fails only for a user who ended requests that were not theirs, and then there is nothing left to end.
        let _ = self.end_request();
        let _cause = emit!(
            Loop,
            "work.done",
            work = work.serial,
            outcome = result.as_ref().map_or_else(WorkError::word, |_| "done")
        )
        .map(trace::cause);
        (pending.done)(self, result);
    }
}

impl Work {
    /// Cancels the work, if it has not begun: it will not, it is dropped, and `done` gets [`WorkError::Cancelled`], later, from the
    /// loop (`uv_cancel`).
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop, RunMode, WorkError};
    ///
    /// let mut lp = Loop::builder().worker_threads(1).build()?;
    /// let (unblock, blocked) = std::sync::mpsc::channel::<()>();
    /// lp.queue_work(move || blocked.recv(), |_, _| ())?; // occupies the only thread
    /// let work = lp.queue_work(|| 7, |_, result| {
    ///     assert!(matches!(result, Err(WorkError::Cancelled)));
    /// })?;
    /// work.cancel(&mut lp)?;
    /// drop(unblock);
    /// lp.run(RunMode::Default)?;
    /// assert_eq!(work.cancel(&mut lp), Err(Errno::EBADF));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBUSY` if the work runs, or is finished or cancelled already and only its `done` is still to come; `EBADF` if it is over or
    /// belongs to another loop.
    pub fn cancel(self, cx: &mut Ctx) -> Result<(), Errno> {
        if !cx.workers.is_pending(cx.id(), self) {
            return Err(Errno::EBADF);
        }
        let pool = cx.workers.pool.as_ref().ok_or(Errno::EBADF)?;
        let job = pool.withdraw(self).ok_or(Errno::EBUSY)?;
        emit!(Loop, "work.cancel", work = self.serial);
        // By way of the hub like all other finished work, so that it takes its place behind what finished before it.
        // A loop that could not be woken finds it when it is.
        let _ = cx.hub.finish(Finished {
            work: self,
            result: Err(WorkError::Cancelled),
        });
        drop(job);
        Ok(())
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Work(#{}.{})", self.slot, self.serial)
    }
}

/// Gives a result its type back. It was made by the work that was queued together with the one who asks.
fn typed<T: 'static>(value: Box<dyn Any + Send>) -> T {
    *value
        .downcast()
        .expect("a work's result has the type that its work returns")
}
