//! A chart: for each case a bar for each peer, with the spread of its rounds; two of them, if there are several numbers that are compared.

use std::fmt::Write;

use super::table::number;
use crate::peers::Peer;
use crate::rounds::Outcome;
use crate::workloads::Better;

const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 12.0;
/// Where bars begin: the second lot as far to the right of the first as this says.
const LEFT: f64 = 116.0;
const APART: f64 = 450.0;
/// How long the longest is.
const LONGEST: f64 = 340.0;
const ROW: f64 = 18.0;
const LINE: f64 = 15.0;
/// Above the first bar of a case.
const HEADING: f64 = 48.0;

const BEHIND: &str = "#555";
const TEXT: &str = "#111";
const UVOX: &str = "#d9822b";
const OTHERS: &str = "#5b8db8";
const FLOOR: &str = "#b0b0b0";

pub(super) fn chart(outcomes: &[Outcome], heading: &[String]) -> String {
    let rows: usize = outcomes.iter().map(|outcome| outcome.rows.len()).sum();
    let head = 30.0 + (heading.len() + 1) as f64 * LINE;
    let height = head + rows as f64 * ROW + outcomes.len() as f64 * HEADING + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <title>uvox side by side</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut y = 22.0;
    for line in heading {
        text(&mut svg, MARGIN, y, "start", BEHIND, line);
        y += LINE;
    }
    legend(&mut svg, y);
    let mut top = head;
    for outcome in outcomes {
        top = case(&mut svg, outcome, top);
    }
    svg += "</svg>\n";
    svg
}

fn legend(svg: &mut String, y: f64) {
    let mut x = MARGIN;
    for (colour, who) in [(UVOX, "uvox"), (OTHERS, "others"), (FLOOR, "the bare loop")] {
        rect(svg, x, y - 9.0, 10.0, colour);
        text(svg, x + 15.0, y, "start", BEHIND, who);
        x += 90.0;
    }
    let line = "bars: the middle round; lines: from the lowest to the highest";
    text(svg, x + 20.0, y, "start", BEHIND, line);
}

/// Draws one, and says where the next begins.
fn case(svg: &mut String, outcome: &Outcome, top: f64) -> f64 {
    let _ = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{:.1}\" font-size=\"13\" font-weight=\"bold\" fill=\"{TEXT}\">{}</text>",
        top + 24.0,
        escaped(&outcome.name)
    );
    let compared = || (0..outcome.metrics.len()).filter(|&place| outcome.metrics[place].compared);
    let (first, last) = (compared().next(), compared().next_back());
    let mut places: Vec<usize> = first.into_iter().chain(last).collect();
    places.dedup();
    for (row, y) in outcome.rows.iter().zip(rows(top)) {
        let peer = row.peer.to_string();
        text(svg, LEFT - 8.0, y + 12.0, "end", TEXT, &peer);
    }
    for (place, left) in places.into_iter().zip([LEFT, LEFT + APART]) {
        bars(svg, outcome, place, left, top);
    }
    top + HEADING + outcome.rows.len() as f64 * ROW
}

/// Where the bars of a case are.
fn rows(top: f64) -> impl Iterator<Item = f64> {
    (0..).map(move |row| top + HEADING + f64::from(row) * ROW)
}

/// Draws a bar for each peer, of one metric.
fn bars(svg: &mut String, outcome: &Outcome, place: usize, left: f64, top: f64) {
    let metric = outcome.metrics[place];
    let better = match metric.better {
        Better::More => "more is better",
        Better::Less => "less is better",
    };
    let heading = format!("{}, {better}", metric.name);
    text(svg, left, top + 42.0, "start", BEHIND, &heading);
    let spreads: Vec<_> = outcome.rows.iter().map(|row| row.spread(place)).collect();
    let largest = spreads
        .iter()
        .map(|spread| spread.high)
        .fold(f64::MIN_POSITIVE, f64::max);
    let length = |value: f64| value / largest * LONGEST;
    for ((row, spread), y) in outcome.rows.iter().zip(&spreads).zip(rows(top)) {
        rect(svg, left, y + 2.0, length(spread.median), colour(row.peer));
        let (from, to) = (left + length(spread.low), left + length(spread.high));
        let _ = writeln!(
            svg,
            "<path d=\"M{from:.1} {middle:.1}H{to:.1}M{from:.1} {above:.1}v6M{to:.1} {above:.1}v6\" stroke=\"{TEXT}\"/>",
            middle = y + 8.5,
            above = y + 5.5
        );
        let median = number(spread.median);
        text(svg, to + 6.0, y + 12.0, "start", TEXT, &median);
    }
}

fn colour(peer: Peer) -> &'static str {
    match peer {
        Peer::UvoxUv | Peer::UvoxUvWrite | Peer::UvoxBase | Peer::UvoxNet => UVOX,
        Peer::Bare => FLOOR,
        _ => OTHERS,
    }
}

fn rect(svg: &mut String, x: f64, y: f64, width: f64, colour: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"13\" fill=\"{colour}\"/>"
    );
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, words: &str) {
    let words = escaped(words);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
    );
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;")
}
