//! Peers take turns, A B C A B C, so that what changes on the machine meanwhile changes for all.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Result;
use crate::peers::Peer;
use crate::workloads::{Better, Case, Metric, Setting};

/// All that was measured of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) metrics: &'static [Metric],
    pub(crate) rows: Vec<Row>,
}

/// What was measured of a peer.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) peer: Peer,
    /// A number for each metric, round by round.
    pub(crate) rounds: Vec<Vec<f64>>,
}

/// The middle of some numbers, and how far they lie apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// Of a number that is the same every time.
    pub(crate) fn exactly(number: f64) -> Spread {
        Spread {
            low: number,
            median: number,
            high: number,
        }
    }

    pub(crate) fn of(numbers: impl Iterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = numbers.collect();
        sorted.sort_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
            return Spread {
                low: f64::NAN,
                median: f64::NAN,
                high: f64::NAN,
            };
        };
        let (below, above) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Spread {
            low,
            median: (below + above) / 2.0,
            high,
        }
    }
}

impl Row {
    /// The numbers of one metric.
    pub(crate) fn spread(&self, metric: usize) -> Spread {
        Spread::of(self.rounds.iter().map(|round| round[metric]))
    }

    pub(crate) fn mean(&self, metric: usize) -> f64 {
        let sum: f64 = self.rounds.iter().map(|round| round[metric]).sum();
        sum / self.rounds.len() as f64
    }
}

impl Outcome {
    pub(crate) fn row(&self, peer: Peer) -> Option<&Row> {
        self.rows.iter().find(|row| row.peer == peer)
    }

    /// How many times as good as `other` is `ours`, round by round: above 1 it is ahead.
    pub(crate) fn ahead(&self, ours: Peer, other: Peer, metric: usize) -> Option<Spread> {
        let (ours, other) = (self.row(ours)?, self.row(other)?);
        let better = self.metrics[metric].better;
        let pairs = ours.rounds.iter().zip(&other.rounds);
        Some(Spread::of(pairs.map(|(ours, other)| match better {
            Better::More => ours[metric] / other[metric],
            Better::Less => other[metric] / ours[metric],
        })))
    }
}

/// A bar for all that is to be done.
pub(crate) fn bar(cases: &[Case], rounds: usize) -> Result<ProgressBar> {
    let steps: usize = cases.iter().map(|case| case.peers.len() * rounds).sum();
    let style = "{elapsed_precise} {bar:30} {pos}/{len} {wide_msg} {eta} left";
    let bar = ProgressBar::new(steps as u64).with_style(ProgressStyle::with_template(style)?);
    bar.enable_steady_tick(Duration::from_secs(1));
    Ok(bar)
}

/// Measures a case.
pub(crate) fn run(
    case: &Case,
    setting: &Setting,
    rounds: usize,
    bar: &ProgressBar,
) -> Result<Outcome> {
    let mut rows: Vec<Row> = case
        .peers
        .iter()
        .map(|&peer| Row {
            peer,
            rounds: Vec::new(),
        })
        .collect();
    for _ in 0..rounds {
        for row in &mut rows {
            bar.set_message(format!("{}: {}", case.name, row.peer));
            let numbers = (case.measure)(row.peer, setting)
                .map_err(|error| format!("{}, {}: {error}", case.name, row.peer))?;
            row.rounds.push(numbers);
            bar.inc(1);
        }
    }
    Ok(Outcome {
        name: case.name.clone(),
        metrics: case.metrics,
        rows,
    })
}
