//! What needs no client: timers, wake-ups, turns.

use super::{Case, Metric, Setting, several};
use crate::jobs::Job;
use crate::peers::Peer;
use crate::report::grouped;

const TIMERS: &[Metric] = &[
    Metric::less("start ns"),
    Metric::less("stop ns"),
    Metric::less("fire ns"),
    Metric::less("in all ns"),
];

const TIMEOUTS: &[Metric] = &[Metric::less("refresh ns")];
const WAKEUPS: &[Metric] = &[Metric::more("sends/s")];
const LATENCY: &[Metric] = &[Metric::less("p50 ns"), Metric::less("p99 ns")];
const TURNS: &[Metric] = &[Metric::less("turn ns")];
const HOOKS: &[Metric] = &[Metric::less("hook ns")];

fn case(name: String, metrics: &'static [Metric], job: Job, count: usize) -> Case {
    let all = Peer::all().iter().copied();
    Case {
        name,
        metrics,
        peers: all.filter(|peer| peer.does(job)).collect(),
        connections: 0,
        measure: Box::new(move |peer, setting| {
            let mut numbers = setting.job(peer, job, count)?;
            if let (Job::Timers, [start, stop, fire]) = (job, &numbers[..]) {
                numbers.push(start + (stop + fire) / 2.0);
            }
            Ok(numbers)
        }),
    }
}

pub(super) fn timers(setting: &Setting) -> Vec<Case> {
    let counts: &[usize] = if setting.quick {
        &[100_000]
    } else {
        &[1000, 1_000_000]
    };
    let mut cases: Vec<Case> = counts
        .iter()
        .map(|&count| {
            let name = format!(
                "timers: {} started, half stopped, the others fired",
                grouped(count)
            );
            case(name, TIMERS, Job::Timers, count)
        })
        .collect();
    let name = "timers: 100,000 timeouts, each refreshed 10 times".to_owned();
    cases.push(case(name, TIMEOUTS, Job::Timeouts, 100_000));
    cases
}

pub(super) fn wakeups(setting: &Setting) -> Vec<Case> {
    let mut cases: Vec<Case> = [1, 4]
        .into_iter()
        .map(|threads| {
            let name = format!(
                "wakeups: sent from {} as fast as they can",
                several(threads, "thread")
            );
            case(name, WAKEUPS, Job::Wakeups, threads)
        })
        .collect();
    let count = if setting.quick { 2000 } else { 10_000 };
    let name = "wakeups: one by one, from sending to the callback".to_owned();
    cases.push(case(name, LATENCY, Job::Latency, count));
    cases
}

pub(super) fn turns(setting: &Setting) -> Vec<Case> {
    let count = if setting.quick { 100_000 } else { 500_000 };
    let nothing = "turns: with nothing to do".to_owned();
    let hooks = "turns: 1,000 hooks each of idle, prepare and check".to_owned();
    vec![
        case(nothing, TURNS, Job::Turns, count),
        case(hooks, HOOKS, Job::Hooks, count / 1000),
    ]
}
