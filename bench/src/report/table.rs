//! A table for each case.

use crate::peers::Peer;
use crate::rounds::{Outcome, Spread};

/// Those of ours that the others are set against, and what the columns are called.
pub(super) const OURS: [(Peer, &str); 2] = [(Peer::UvoxUv, "uv"), (Peer::UvoxNet, "net")];

/// Medians with the spread of the first metric, and how far uvox is ahead.
pub(crate) fn table(outcome: &Outcome) -> String {
    let mut lines = vec![heading(outcome)];
    for row in &outcome.rows {
        let mut cells = vec![row.peer.to_string()];
        for metric in 0..outcome.metrics.len() {
            let spread = row.spread(metric);
            cells.push(number(if outcome.metrics[metric].sampled {
                row.mean(metric)
            } else {
                spread.median
            }));
            if metric == 0 {
                cells.push(width(spread));
            }
        }
        for (ours, _) in OURS {
            for (metric, _) in compared(outcome) {
                let ahead = outcome.ahead(ours, row.peer, metric);
                cells.push(match ahead {
                    Some(_) if ours == row.peer => "·".to_owned(),
                    Some(spread) => ratio(spread),
                    None => String::new(),
                });
            }
        }
        lines.push(cells);
    }
    let mut text = format!("{}\n", outcome.name);
    let columns = lines[0].len();
    let widths: Vec<usize> = (0..columns)
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    // A column in which nobody is compared says nothing.
    let is_empty = |column: usize| lines[1..].iter().all(|line| line[column].is_empty());
    for line in &lines {
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            match column {
                0 => text += &format!("  {cell:width$}"),
                _ if is_empty(column) => {}
                _ => text += &format!("  {cell:>width$}"),
            }
        }
        text.truncate(text.trim_end().len());
        text += "\n";
    }
    text
}

fn compared(outcome: &Outcome) -> impl Iterator<Item = (usize, &'static str)> {
    let metrics = outcome.metrics.iter().enumerate();
    metrics
        .filter(|(_, metric)| metric.compared)
        .map(|(number, metric)| (number, metric.name))
}

fn heading(outcome: &Outcome) -> Vec<String> {
    let mut cells = vec![String::new()];
    for (number, metric) in outcome.metrics.iter().enumerate() {
        cells.push(metric.name.to_owned());
        if number == 0 {
            cells.push("spread".to_owned());
        }
    }
    for (_, ours) in OURS {
        for (_, metric) in compared(outcome) {
            cells.push(format!("{ours} ahead, {metric}"));
        }
    }
    cells
}

/// In three or four digits.
pub(super) fn number(number: f64) -> String {
    match number.abs() {
        size if size >= 1000.0 => {
            let digits = format!("{number:.0}");
            let mut grouped = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) {
                    grouped.push(' ');
                }
                grouped.push(digit);
            }
            grouped
        }
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// How far the rounds lie apart, as a share of the median.
fn width(spread: Spread) -> String {
    let percent = (spread.high - spread.low) / 2.0 / spread.median * 100.0;
    format!("±{percent:.0}%")
}

pub(super) fn ratio(spread: Spread) -> String {
    let Spread { low, median, high } = spread;
    format!("{median:.2} ({low:.2}–{high:.2})")
}
