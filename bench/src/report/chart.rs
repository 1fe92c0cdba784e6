//! A chart: for each case a bar for each peer, with the spread of its rounds.

use std::fmt::Write;

use super::table::number;
use crate::peers::Peer;
use crate::rounds::Outcome;
use crate::workloads::Better;

const WIDTH: f64 = 760.0;
/// Where bars begin, and how long the longest is.
const LEFT: f64 = 120.0;
const LONGEST: f64 = 520.0;
const ROW: f64 = 18.0;
const HEADING: f64 = 34.0;

pub(super) fn chart(outcomes: &[Outcome], machine: &str) -> String {
    let rows: usize = outcomes.iter().map(|outcome| outcome.rows.len()).sum();
    let height = 60.0 + rows as f64 * ROW + outcomes.len() as f64 * (HEADING + 8.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    text(&mut svg, 10.0, 22.0, "start", "#555", machine);
    let mut top = 34.0;
    for outcome in outcomes {
        top = case(&mut svg, outcome, top);
    }
    svg += "</svg>\n";
    svg
}

/// Draws one, and says where the next begins.
fn case(svg: &mut String, outcome: &Outcome, top: f64) -> f64 {
    let metric = outcome.metrics[0];
    let better = match metric.better {
        Better::More => "more is better",
        Better::Less => "less is better",
    };
    let heading = format!("{} — {}, {better}", outcome.name, metric.name);
    text(svg, 10.0, top + 24.0, "start", "black", &heading);
    let spreads: Vec<_> = outcome.rows.iter().map(|row| row.spread(0)).collect();
    let largest = spreads.iter().map(|spread| spread.high).fold(0.0, f64::max);
    let length = |value: f64| value / largest * LONGEST;
    let mut y = top + HEADING;
    for (row, spread) in outcome.rows.iter().zip(&spreads) {
        text(
            svg,
            LEFT - 8.0,
            y + 12.0,
            "end",
            "black",
            &row.peer.to_string(),
        );
        let (width, colour) = (length(spread.median), colour(row.peer));
        let _ = writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"13\" fill=\"{colour}\"/>",
            y + 2.0
        );
        let _ = writeln!(
            svg,
            "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y2:.1}\" y2=\"{y2:.1}\" stroke=\"black\"/>",
            LEFT + length(spread.low),
            LEFT + length(spread.high),
            y2 = y + 8.5
        );
        let right = LEFT + length(spread.high) + 6.0;
        text(
            svg,
            right,
            y + 12.0,
            "start",
            "black",
            &number(spread.median),
        );
        y += ROW;
    }
    y + 8.0
}

fn colour(peer: Peer) -> &'static str {
    match peer {
        Peer::UvoxUv | Peer::UvoxUvWrite | Peer::UvoxBase | Peer::UvoxNet => "#d9822b",
        Peer::Bare => "#bbbbbb",
        _ => "#5b8db8",
    }
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
    );
}
