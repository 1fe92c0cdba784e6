//! What uvox sets out to be ahead by, and whether it is.

use serde_json::{Value, json};

use super::table::{number, ratio};
use crate::peers::Peer;
use crate::rounds::{Outcome, Spread};

/// What a number is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A number, and what it was to be.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) what: String,
    pub(crate) bound: Bound,
    pub(crate) value: Spread,
    /// The same of the bare loop, which makes the system calls and nothing else, where there is one.
    pub(crate) floor: Option<Spread>,
}

/// How a goal was met, from the best to the worst.
const VERDICTS: [&str; 4] = [HOLDS, IN_THE_SPREAD, ABOVE_THE_FLOOR, MISSED];
const HOLDS: &str = "holds";
const IN_THE_SPREAD: &str = "within the spread";
/// Nobody can hold it: all that makes these system calls is at least as slow as the bare loop, and that misses it, too.
const ABOVE_THE_FLOOR: &str = "missed by the floor, too";
const MISSED: &str = "missed";

impl Bound {
    fn is_met(self, value: f64) -> bool {
        match self {
            Bound::AtLeast(bound) => value >= bound,
            Bound::AtMost(bound) => value <= bound,
        }
    }

    fn json(self) -> Value {
        match self {
            Bound::AtLeast(bound) => json!({ "at least": bound }),
            Bound::AtMost(bound) => json!({ "at most": bound }),
        }
    }
}

impl Judged {
    fn verdict(&self) -> &'static str {
        let best = match self.bound {
            Bound::AtLeast(_) => self.value.high,
            Bound::AtMost(_) => self.value.low,
        };
        match self.floor {
            _ if self.bound.is_met(self.value.median) => HOLDS,
            Some(floor) if !self.bound.is_met(floor.median) => ABOVE_THE_FLOOR,
            _ if self.bound.is_met(best) => IN_THE_SPREAD,
            _ => MISSED,
        }
    }

    fn bound(&self) -> String {
        match self.bound {
            Bound::AtLeast(bound) => format!("≥ {}", number(bound)),
            Bound::AtMost(bound) => format!("≤ {}", number(bound)),
        }
    }
}

/// By how much whom is to be ahead of whom in which workload; only in a metric, if one is named.
struct Goal {
    workload: String,
    ours: Peer,
    other: Peer,
    at_least: f64,
    metric: Option<&'static str>,
}

fn goal(workload: impl Into<String>, ours: Peer, other: Peer, at_least: f64) -> Goal {
    Goal {
        workload: workload.into(),
        ours,
        other,
        at_least,
        metric: None,
    }
}

/// The goals that have to do with time. A case is held to the last one that names its workload and both peers.
fn all() -> Vec<Goal> {
    let mut goals = Vec::new();
    #[cfg(feature = "libuv")]
    {
        goals.push(goal("", Peer::UvoxUv, Peer::Libuv, 1.0));
        goals.push(Goal {
            metric: Some("in all ns"),
            ..goal("timers: 1,000,000", Peer::UvoxUv, Peer::Libuv, 3.0)
        });
        goals.push(goal(
            "timers: 100,000 timeouts",
            Peer::UvoxUv,
            Peer::Libuv,
            3.0,
        ));
        for size in ["64 B", "1400 B"] {
            for how in ["batches", "batches, singles back", "batches, singles come"] {
                let workload = format!("udp: {size}, {how}");
                goals.push(goal(workload, Peer::UvoxUv, Peer::Libuv, 1.5));
            }
            // There the server is told to coalesce nothing, and the kernel is what is measured.
            let workload = format!("udp: {size}, batches of singles");
            goals.push(goal(workload, Peer::UvoxUv, Peer::Libuv, 1.0));
        }
    }
    for workload in ["echo", "bulk", "churn"] {
        goals.push(goal(workload, Peer::UvoxUv, Peer::Tokio, 1.15));
    }
    goals.push(goal("", Peer::UvoxNet, Peer::Node, 2.0));
    goals
}

/// Holds each case to its goals.
pub(crate) fn judge(outcomes: &[Outcome]) -> Vec<Judged> {
    let goals = all();
    let mut judged = Vec::new();
    for outcome in outcomes {
        for (place, goal) in goals.iter().enumerate() {
            let is_overruled = goals[place + 1..].iter().any(|later| {
                outcome.name.starts_with(&later.workload)
                    && (later.ours, later.other) == (goal.ours, goal.other)
            });
            if !is_overruled && outcome.name.starts_with(&goal.workload) {
                held_to(goal, outcome, &mut judged);
            }
        }
    }
    judged.extend(growth_of_timers(outcomes));
    judged
}

/// What a timer costs among a million, to what it costs among a thousand.
fn growth_of_timers(outcomes: &[Outcome]) -> Option<Judged> {
    let rounds = |count: &str| {
        let name = format!("timers: {count} started");
        let outcome = outcomes.iter().find(|one| one.name.starts_with(&name))?;
        let metrics = &mut outcome.metrics.iter();
        let place = metrics.position(|metric| metric.name == "in all ns")?;
        let rounds = outcome.row(Peer::UvoxUv)?.rounds.iter();
        Some(rounds.map(move |round| round[place]))
    };
    let pairs = rounds("1,000,000")?.zip(rounds("1,000")?);
    Some(Judged {
        what: format!("timers: in all ns, {}: 1,000,000 to 1,000", Peer::UvoxUv),
        bound: Bound::AtMost(2.5),
        value: Spread::of(pairs.map(|(many, few)| many / few)),
        floor: None,
    })
}

fn held_to(goal: &Goal, outcome: &Outcome, into: &mut Vec<Judged>) {
    for (place, metric) in outcome.metrics.iter().enumerate() {
        let is_meant = goal
            .metric
            .map_or(metric.compared, |name| name == metric.name);
        let ahead = outcome.ahead(goal.ours, goal.other, place);
        if let Some(value) = ahead.filter(|_| is_meant) {
            into.push(Judged {
                what: format!(
                    "{}, {}: {} ahead of {}",
                    outcome.name, metric.name, goal.ours, goal.other
                ),
                bound: Bound::AtLeast(goal.at_least),
                value,
                floor: outcome.ahead(Peer::Bare, goal.other, place),
            });
        }
    }
}

/// A table of goals, with how many hold.
pub(crate) fn goals(judged: &[Judged]) -> String {
    if judged.is_empty() {
        return "\nno goal is about any of this".to_owned();
    }
    let width = judged
        .iter()
        .map(|judged| judged.what.chars().count())
        .max();
    let width = width.unwrap_or_default();
    let mut text = "\ngoals\n".to_owned();
    for judged in judged {
        let is = ratio(judged.value);
        let verdict = judged.verdict();
        text += &format!(
            "  {:width$}  {:>6}  {is:18}  {verdict}",
            judged.what,
            judged.bound(),
        );
        if let (ABOVE_THE_FLOOR, Some(floor)) = (verdict, judged.floor) {
            text += &format!(": {}", number(floor.median));
        }
        text += "\n";
    }
    let counts = VERDICTS.map(|verdict| {
        let count = judged.iter().filter(|judged| judged.verdict() == verdict);
        format!("{verdict}: {}", count.count())
    });
    text += &format!("  {} goals. {}", judged.len(), counts.join("; "));
    text
}

pub(crate) fn goals_json(judged: &[Judged]) -> Value {
    let judged = judged.iter().map(|judged| {
        let Spread { low, median, high } = judged.value;
        json!({
            "what": judged.what,
            "bound": judged.bound.json(),
            "low": low,
            "median": median,
            "high": high,
            "floor": judged.floor.map(|floor| floor.median),
            "verdict": judged.verdict(),
        })
    });
    judged.collect()
}
