//! What a loop counts of itself.

use std::time::Duration;

use crate::Ctx;
use crate::phase::Phase;
use crate::sys::hrtime;

/// A loop's account of itself since it was made (`uv_metrics_info`, `uv_metrics_idle_time`).
///
/// The counts are always kept. The times are kept only if [`Builder::measure`](crate::Builder::measure) asked for them, and are zero
/// otherwise: they cost a look at the clock at every phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsInfo {
    /// Turns begun.
    pub turns: u64,
    /// Events the kernel reported.
    pub events: u64,
    /// Of these, the ones that were there before the loop came to ask: it was late for them.
    pub events_waiting: u64,
    /// Time spent waiting in the kernel.
    pub idle_time: Duration,
    /// Time spent in each phase, waiting not included, by `phase as usize`.
    pub phase_times: [Duration; Phase::COUNT],
}

/// Longer delays count as this long: an hour. A histogram without a limit would take what it cannot hold yet for its largest
/// value, or else allocate in the middle of a turn.
#[cfg(feature = "histogram")]
const LONGEST_DELAY_NS: u64 = 3_600_000_000_000;

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    info: MetricsInfo,
    clock: Option<Stopwatch>,
    #[cfg(feature = "histogram")]
    delays: Option<hdrhistogram::Histogram<u64>>,
}

/// Splits the time among the phases.
#[derive(Debug)]
struct Stopwatch {
    since: u64,
    /// When the last wait ended.
    woke: u64,
    idle_ns: u64,
    phase_ns: [u64; Phase::COUNT],
}

impl Metrics {
    pub(crate) fn new(measure: bool) -> Metrics {
        let now = hrtime();
        let clock = Stopwatch {
            since: now,
            woke: now,
            idle_ns: 0,
            phase_ns: [0; Phase::COUNT],
        };
        Metrics {
            clock: measure.then_some(clock),
            #[cfg(feature = "histogram")]
            delays: if measure {
                hdrhistogram::Histogram::new_with_max(LONGEST_DELAY_NS, 3).ok()
            } else {
                None
            },
            ..Metrics::default()
        }
    }

    pub(crate) fn turn(&mut self) -> u64 {
        self.info.turns += 1;
        self.info.turns
    }

    pub(crate) fn turns(&self) -> u64 {
        self.info.turns
    }

    pub(crate) fn events(&mut self, count: usize, were_waiting: bool) {
        self.info.events += count as u64;
        if were_waiting {
            self.info.events_waiting += count as u64;
        }
    }

    /// The loop leaves `phase` for another.
    #[inline]
    pub(crate) fn leave(&mut self, phase: Phase) {
        if let Some(clock) = &mut self.clock {
            let lap = clock.lap();
            clock.phase_ns[phase as usize] += lap;
            // What a host does between turns is no delay of the loop's.
            if phase == Phase::Outside {
                clock.woke += lap;
            }
        }
    }

    /// The loop is about to wait: what it did since it last woke held up whoever came in the meantime.
    pub(crate) fn sleep(&mut self) {
        let Some(clock) = &mut self.clock else { return };
        clock.phase_ns[Phase::Poll as usize] += clock.lap();
        #[cfg(feature = "histogram")]
        if let Some(delays) = &mut self.delays {
            delays.saturating_record(clock.since - clock.woke);
        }
    }

    /// The loop waited.
    pub(crate) fn wake(&mut self) {
        if let Some(clock) = &mut self.clock {
            clock.idle_ns += clock.lap();
            clock.woke = clock.since;
        }
    }
}

impl Stopwatch {
    fn lap(&mut self) -> u64 {
        let now = hrtime();
        now - std::mem::replace(&mut self.since, now)
    }
}

impl Ctx {
    /// What the loop has counted so far.
    pub fn metrics(&self) -> MetricsInfo {
        let mut info = self.metrics.info.clone();
        if let Some(clock) = &self.metrics.clock {
            info.idle_time = Duration::from_nanos(clock.idle_ns);
            info.phase_times = clock.phase_ns.map(Duration::from_nanos);
        }
        info
    }

    /// How long, in nanoseconds, each turn held the loop between two waits: the delay that an event met which came in the
    /// meantime. `None` unless [`Builder::measure`](crate::Builder::measure) asked for it.
    #[cfg(feature = "histogram")]
    pub fn loop_delays(&self) -> Option<&hdrhistogram::Histogram<u64>> {
        self.metrics.delays.as_ref()
    }
}
