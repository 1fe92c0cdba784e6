//! Measurements that need no client: a process does the work, takes the time, and prints what came of it.

use std::fmt;
use std::hint;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use hdrhistogram::Histogram;

use crate::error::Result;
use crate::peers::Peer;
use crate::{host, peers};

/// What a process is to do.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Assignment {
    /// By whose means.
    pub(crate) peer: Peer,
    /// The work.
    pub(crate) job: Job,
    /// How much of it.
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) count: usize,
    /// The core of threads other than the loop's.
    #[arg(long, default_value_t = 0)]
    pub(crate) other_core: usize,
    /// The loop's core.
    #[arg(long, default_value_t = 0)]
    pub(crate) core: usize,
}

/// Work that a process does on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Job {
    /// Starts so many timers, stops every second one, and fires the rest: nanoseconds for each start, stop and firing.
    Timers,
    /// Refreshes so many timeouts of one duration ten times: nanoseconds for each refresh.
    Timeouts,
    /// Sends wake-ups from so many threads: sends per second.
    Wakeups,
    /// One wake-up after the other, so many: nanoseconds until the loop's callback, the middle one and the 99th of a hundred.
    Latency,
    /// So many turns with nothing to do: nanoseconds for each.
    Turns,
    /// Turns with a thousand hooks each of the idle, the prepare and the check phase, so many: nanoseconds for each hook.
    Hooks,
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("none is skipped");
        f.write_str(value.get_name())
    }
}

/// Does it, and prints the numbers on a line.
pub(crate) fn run(assignment: &Assignment) -> Result<()> {
    host::pin(assignment.core)?;
    let numbers = peers::work(assignment)?;
    let words: Vec<String> = numbers.iter().map(f64::to_string).collect();
    let mut out = io::stdout().lock();
    writeln!(out, "{}", words.join(" "))?;
    Ok(())
}

/// The longest of the timers, in milliseconds.
pub(crate) const LONGEST_MS: u64 = 500;

/// How long the timeouts are, in milliseconds: none of them comes.
pub(crate) const TIMEOUT_MS: u64 = 100_000;

/// How often each timeout is refreshed.
pub(crate) const REFRESHES: usize = 10;

/// How many hooks of each kind there are.
pub(crate) const HOOKS: usize = 1000;

/// How long the timer of that number runs, in milliseconds: they do not come in order.
pub(crate) fn duration_ms(number: usize) -> u64 {
    (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) % LONGEST_MS + 1
}

/// How many timers have fired, of any peer: their callbacks do no more than to count.
pub(crate) static FIRED: AtomicU64 = AtomicU64::new(0);

/// Counts one.
#[inline]
pub(crate) fn fired() {
    FIRED.store(FIRED.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

/// How often timers have fired.
pub(crate) fn fired_so_far() -> usize {
    FIRED.load(Ordering::Relaxed) as usize
}

/// How long each of so many things took, in nanoseconds.
pub(crate) fn each(since: Instant, count: usize) -> f64 {
    since.elapsed().as_nanos() as f64 / count as f64
}

/// The times of starting, stopping and firing, of several passes if there are few timers.
#[derive(Debug)]
pub(crate) struct TimerTimes {
    start: f64,
    stop: f64,
    fire: f64,
    passes: usize,
}

impl TimerTimes {
    /// How many passes it takes to have times that can be measured.
    pub(crate) fn passes(count: usize) -> usize {
        (20_000 / count).clamp(1, 5)
    }

    pub(crate) fn new() -> TimerTimes {
        TimerTimes {
            start: 0.0,
            stop: 0.0,
            fire: 0.0,
            passes: 0,
        }
    }

    pub(crate) fn add(&mut self, start: f64, stop: f64, fire: f64) {
        self.start += start;
        self.stop += stop;
        self.fire += fire;
        self.passes += 1;
    }

    pub(crate) fn numbers(&self) -> Vec<f64> {
        [self.start, self.stop, self.fire]
            .map(|sum| sum / self.passes as f64)
            .to_vec()
    }
}

/// Waits, without the loop, until all timers are due.
pub(crate) fn sleep_until_due() {
    thread::sleep(Duration::from_millis(LONGEST_MS + 5));
}

/// How long each thread sends, and how often between two looks at the clock.
const SENDING: Duration = Duration::from_millis(150);
const SENDS: usize = 100;

/// Threads that wake a loop.
#[derive(Debug)]
pub(crate) struct Senders {
    left: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Result<f64>>>,
}

impl Senders {
    /// Starts them. Each calls `send` often, and once more when it is done.
    pub(crate) fn start(
        assignment: &Assignment,
        send: impl Fn() + Send + Clone + 'static,
    ) -> Senders {
        let count = assignment.count;
        let left = Arc::new(AtomicUsize::new(count));
        let barrier = Arc::new(Barrier::new(count));
        let core = assignment.other_core;
        let threads = (0..count).map(|_| {
            let (left, barrier, send) = (left.clone(), barrier.clone(), send.clone());
            thread::spawn(move || {
                host::pin(core)?;
                barrier.wait();
                let start = Instant::now();
                let mut sends = 0;
                while start.elapsed() < SENDING {
                    (0..SENDS).for_each(|_| send());
                    sends += SENDS;
                }
                let rate = sends as f64 / start.elapsed().as_secs_f64();
                left.fetch_sub(1, Ordering::AcqRel);
                send();
                Ok(rate)
            })
        });
        Senders {
            threads: threads.collect(),
            left,
        }
    }

    /// Zero when the loop need not wait for any more.
    pub(crate) fn left(&self) -> Arc<AtomicUsize> {
        self.left.clone()
    }

    /// Sends per second, of all together.
    pub(crate) fn rate(self) -> Result<Vec<f64>> {
        let mut rate = 0.0;
        for thread in self.threads {
            rate += thread.join().expect("a sender does not panic")?;
        }
        Ok(vec![rate])
    }
}

/// One wake-up after the other, each when the loop is asleep again.
#[derive(Clone, Debug)]
pub(crate) struct Pings {
    epoch: Instant,
    /// When the loop's callback ran last, in nanoseconds since the epoch; 0 if it has not run since the last ping.
    heard: Arc<AtomicU64>,
    left: Arc<AtomicUsize>,
}

impl Pings {
    pub(crate) fn new() -> Pings {
        Pings {
            epoch: Instant::now(),
            heard: Arc::default(),
            left: Arc::new(AtomicUsize::new(1)),
        }
    }

    /// For the loop's callback to call. True if it was the last.
    pub(crate) fn heard(&self) -> bool {
        let now = self.epoch.elapsed().as_nanos() as u64;
        self.heard.store(now, Ordering::Release);
        self.left.load(Ordering::Acquire) == 0
    }

    /// Pings from a thread of its own.
    pub(crate) fn start(
        &self,
        assignment: &Assignment,
        send: impl Fn() + Send + 'static,
    ) -> JoinHandle<Result<Vec<f64>>> {
        let pings = self.clone();
        let (count, core) = (assignment.count, assignment.other_core);
        thread::spawn(move || {
            host::pin(core)?;
            let mut histogram = Histogram::<u64>::new_with_bounds(1, 60_000_000_000, 3)?;
            for _ in 0..count {
                // The loop goes to sleep meanwhile.
                let pause = Instant::now();
                while pause.elapsed() < Duration::from_micros(30) {
                    hint::spin_loop();
                }
                pings.heard.store(0, Ordering::Release);
                let sent = pings.epoch.elapsed().as_nanos() as u64;
                send();
                let heard = loop {
                    match pings.heard.load(Ordering::Acquire) {
                        0 => hint::spin_loop(),
                        heard => break heard,
                    }
                };
                histogram.saturating_record(heard.saturating_sub(sent));
            }
            pings.left.store(0, Ordering::Release);
            send();
            let at = |share| histogram.value_at_quantile(share) as f64;
            Ok(vec![at(0.5), at(0.99)])
        })
    }
}

/// What the thread has found out.
pub(crate) fn join(thread: JoinHandle<Result<Vec<f64>>>) -> Result<Vec<f64>> {
    thread.join().expect("a sender does not panic")
}
