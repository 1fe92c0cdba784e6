//! Two tables for each case: what was measured, and how far uvox is ahead.

use crate::peers::Peer;
use crate::rounds::{Outcome, Spread};

/// Those of ours that the others are set against, and what the columns are called.
pub(super) const OURS: [(Peer, &str); 2] = [(Peer::UvoxUv, "uv"), (Peer::UvoxNet, "net")];

pub(crate) fn table(outcome: &Outcome) -> String {
    let mut text = format!("{}\n", outcome.name);
    text += &aligned(&measured(outcome));
    let ahead = ahead(outcome);
    // Without any of ours, or another, there is nothing to compare.
    if ahead[0].len() > 1 && outcome.rows.len() > 1 {
        text += "\n";
        text += &aligned(&ahead);
    }
    text
}

/// Medians, with the spread of the first metric.
fn measured(outcome: &Outcome) -> Vec<Vec<String>> {
    let mut heading = vec![String::new()];
    heading.extend(outcome.metrics.iter().map(|metric| metric.name.to_owned()));
    heading.insert(2, "spread".to_owned());
    let rows = outcome.rows.iter().map(|row| {
        let mut cells = vec![row.peer.to_string()];
        for (place, metric) in outcome.metrics.iter().enumerate() {
            let spread = row.spread(place);
            cells.push(number(if metric.sampled {
                row.mean(place)
            } else {
                spread.median
            }));
            if place == 0 {
                cells.push(width(spread));
            }
        }
        cells
    });
    let mut lines = vec![heading];
    lines.extend(rows);
    lines
}

/// How far uvox is ahead of each, in each metric that is compared.
fn ahead(outcome: &Outcome) -> Vec<Vec<String>> {
    let mut lines: Vec<Vec<String>> = vec![vec![String::new()]];
    lines.extend(outcome.rows.iter().map(|row| vec![row.peer.to_string()]));
    for (ours, name) in OURS {
        if outcome.row(ours).is_none() {
            continue;
        }
        let mut group = format!("{name} ahead: ");
        for (place, metric) in outcome.metrics.iter().enumerate() {
            if !metric.compared {
                continue;
            }
            lines[0].push(std::mem::take(&mut group) + metric.name);
            for (row, line) in outcome.rows.iter().zip(&mut lines[1..]) {
                let ahead = outcome.ahead(ours, row.peer, place);
                line.push(match ahead {
                    Some(spread) if ours != row.peer => ratio(spread),
                    _ => "·".to_owned(),
                });
            }
        }
    }
    lines
}

/// Lines of cells, the first of each to the left and the others to the right of its column.
fn aligned(lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            text += &match column {
                0 => format!("  {cell:width$}"),
                _ => format!("  {cell:>width$}"),
            };
        }
        text.truncate(text.trim_end().len());
        text += "\n";
    }
    text
}

/// In three or four digits, or as many as there are.
pub(super) fn number(number: f64) -> String {
    match number.abs() {
        size if (1000.0..1e15).contains(&size) => grouped(number.round() as usize),
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// With commas between thousands.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How far the rounds lie apart, as a share of the median.
fn width(spread: Spread) -> String {
    if spread.low == spread.high {
        return "±0%".to_owned();
    }
    let percent = (spread.high - spread.low) / 2.0 / spread.median * 100.0;
    format!("±{percent:.0}%")
}

pub(super) fn ratio(spread: Spread) -> String {
    let Spread { low, median, high } = spread;
    if low == high {
        return number(median);
    }
    format!("{median:.2} ({low:.2}–{high:.2})")
}
