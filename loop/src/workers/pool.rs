//! The threads, and the queue they take their work from.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::{Finished, Work, WorkError};
use crate::sys::{self, Errno};
use crate::wake::Hub;

/// The most threads that a pool may have, as in libuv.
const MOST_THREADS: usize = 1024;

/// How many it has if nobody says.
const DEFAULT_THREADS: usize = 4;

/// Whether work may have every thread, or no more than half of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speed {
    Quick,
    Slow,
}

/// Work for a thread, its result without a type.
pub(crate) struct Job {
    work: Work,
    speed: Speed,
    run: Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>,
}

impl Job {
    pub(crate) fn new<T: Send + 'static>(
        work: Work,
        speed: Speed,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> Job {
        Job {
            work,
            speed,
            run: Box::new(move || Box::new(run())),
        }
    }

    fn run(self) -> Finished {
        // Nothing of the pool's is in the closure's reach; what of its own it left half done is the affair of those who share it.
        let result = catch_unwind(AssertUnwindSafe(self.run)).map_err(WorkError::Panicked);
        Finished {
            work: self.work,
            result,
        }
    }
}

/// A loop's worker threads.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What a pool shares with its threads.
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    hub: Arc<Hub>,
}

/// The queue, and who is free to work it off.
///
/// There are always at least as many free threads as jobs that may begin, or as many threads as there may be. A thread is free unless it
/// runs a job: one that was just started, or is on its way back to the queue, is about to look for a job by itself.
struct State {
    /// By serial, which is the order in which they were queued.
    quick: BTreeMap<u64, Job>,
    slow: BTreeMap<u64, Job>,
    size: usize,
    threads: usize,
    /// Threads that run a job, and how many of those jobs are slow.
    busy: usize,
    busy_slow: usize,
    shut: bool,
}

impl State {
    fn queue(&mut self, speed: Speed) -> &mut BTreeMap<u64, Job> {
        match speed {
            Speed::Quick => &mut self.quick,
            Speed::Slow => &mut self.slow,
        }
    }

    /// How many slow jobs may begin now.
    fn room_for_slow(&self) -> usize {
        self.size.div_ceil(2) - self.busy_slow
    }

    /// How many of the queued jobs may begin now, given threads.
    fn runnable(&self) -> usize {
        self.quick.len() + self.slow.len().min(self.room_for_slow())
    }

    fn free(&self) -> usize {
        self.threads - self.busy
    }

    /// The next job: the one that was queued first, but for slow ones if they have their share of the threads.
    fn take(&mut self) -> Option<Job> {
        let quick = self.quick.first_key_value().map(|(serial, _)| *serial);
        let slow = self.slow.first_key_value().map(|(serial, _)| *serial);
        let job = match (quick, slow.filter(|_| self.room_for_slow() > 0)) {
            (quick, Some(slow)) if quick.is_none_or(|quick| slow < quick) => self.slow.pop_first(),
            _ => self.quick.pop_first(),
        };
        let (_, job) = job?;
        self.busy += 1;
        self.busy_slow += usize::from(job.speed == Speed::Slow);
        Some(job)
    }

    /// The thread that took a job of this speed is free again.
    fn give_back(&mut self, speed: Speed) {
        self.busy -= 1;
        self.busy_slow -= usize::from(speed == Speed::Slow);
    }
}

impl Pool {
    /// A pool without threads, for now.
    pub(crate) fn new(hub: Arc<Hub>, size: Option<usize>) -> Pool {
        let state = State {
            quick: BTreeMap::new(),
            slow: BTreeMap::new(),
            size: size
                .unwrap_or_else(size_from_environment)
                .clamp(1, MOST_THREADS),
            threads: 0,
            busy: 0,
            busy_slow: 0,
            shut: false,
        };
        let shared = Shared {
            state: Mutex::new(state),
            wake: Condvar::new(),
            hub,
        };
        Pool {
            shared: Arc::new(shared),
            threads: Vec::new(),
        }
    }

    /// Queues a job, and sees to it that there is a thread for it.
    pub(crate) fn submit(&mut self, job: Job) -> Result<(), Errno> {
        let (work, speed) = (job.work, job.speed);
        let mut state = self.shared.lock();
        state.queue(speed).insert(work.serial, job);
        if state.runnable() <= state.free() {
            drop(state);
            self.shared.wake.notify_one();
            return Ok(());
        }
        if state.threads == state.size {
            return Ok(());
        }
        // Counted before it is there, for it may take a job before we learn that it was started.
        state.threads += 1;
        drop(state);
        match self.start_thread() {
            Ok(()) => Ok(()),
            Err(errno) => {
                let mut state = self.shared.lock();
                state.threads -= 1;
                if state.threads > 0 {
                    // With fewer threads than we would like, it takes longer.
                    return Ok(());
                }
                let job = state.queue(speed).remove(&work.serial);
                drop(state);
                drop(job);
                Err(errno)
            }
        }
    }

    fn start_thread(&mut self) -> Result<(), Errno> {
        let name = format!("uvox-worker-{}", self.threads.len());
        let shared = self.shared.clone();
        let thread = sys::spawn_thread(&name, move || work_off(&shared))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Takes a job out of the queue, if it is still there.
    pub(crate) fn withdraw(&self, work: Work) -> Option<Job> {
        let mut state = self.shared.lock();
        let quick = state.quick.remove(&work.serial);
        quick.or_else(|| state.slow.remove(&work.serial))
    }

    /// Ends the threads, each when it is done with its job, and drops the jobs that have not begun. `wait`s until they have ended.
    pub(crate) fn shut(self, wait: bool) {
        let mut state = self.shared.lock();
        state.shut = true;
        let left = (
            std::mem::take(&mut state.quick),
            std::mem::take(&mut state.slow),
        );
        drop(state);
        self.shared.wake.notify_all();
        drop(left);
        if wait {
            for thread in self.threads {
                // Work that panics does not end its thread, so there is nobody to blame.
                let _ = thread.join();
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({} threads)", self.threads.len())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code but ours runs under the lock, so a panic elsewhere leaves nothing half done here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What each thread does until the loop ends.
fn work_off(shared: &Shared) {
    let mut state = shared.lock();
    while !state.shut {
        let Some(job) = state.take() else {
            let woken = shared.wake.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        // Whoever woke us did it for one job. If there is more to do, this thread wakes the next.
        let call_help = state.runnable() > 0 && state.free() > 0;
        drop(state);
        if call_help {
            shared.wake.notify_one();
        }
        let speed = job.speed;
        let finished = job.run();
        // Free before the loop knows: what it queues in answer finds this thread, and starts no other.
        shared.lock().give_back(speed);
        // If the loop is gone, so is whoever waits for this; if it could not be woken, it finds this when it is.
        let _ = shared.hub.finish(finished);
        state = shared.lock();
    }
}

/// What `UV_THREADPOOL_SIZE` says. What is not a number counts as 1, as in libuv.
fn size_from_environment() -> usize {
    let Some(value) = std::env::var_os("UV_THREADPOOL_SIZE") else {
        return DEFAULT_THREADS;
    };
    let value = value.to_string_lossy();
    let digits = value.trim_start().trim_start_matches('+').bytes();
    digits
        .map_while(|byte| char::from(byte).to_digit(10))
        .fold(0, |size: usize, digit| {
            size.saturating_mul(10).saturating_add(digit as usize)
        })
}
