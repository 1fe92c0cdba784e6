//! Two traces of one scenario beside each other, endpoint by endpoint.

use std::collections::BTreeMap;
use std::fmt::Write;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What stands between the columns.
const SAME: char = ' ';
const OTHERWISE: char = '|';
const ONLY_LEFT: char = '<';
const ONLY_RIGHT: char = '>';

/// The names of the endpoints whose lines differ. How the lines of different endpoints stand to each other does not matter.
pub(crate) fn differing(left: &str, right: &str) -> Vec<String> {
    let (left, right) = (endpoints(left), endpoints(right));
    let names = left
        .keys()
        .chain(right.keys().filter(|name| !left.contains_key(*name)));
    let differ = names.filter(|name| left.get(*name) != right.get(*name));
    let mut differ: Vec<_> = differ.map(|name| (*name).to_owned()).collect();
    differ.sort();
    differ
}

/// The lines of every endpoint that differs, in two columns.
pub(crate) fn side_by_side(left: &str, right: &str, titles: [&str; 2]) -> String {
    let (lefts, rights) = (endpoints(left), endpoints(right));
    let lines = lefts.values().flatten().map(|line| line.chars().count());
    let width = lines.max().unwrap_or(0).max(titles[0].len());
    let mut shown = String::new();
    for name in differing(left, right) {
        let lines = |of: &BTreeMap<&str, Vec<&str>>| {
            let lines = of.get(name.as_str());
            lines.map_or(Vec::new(), |lines| {
                lines.iter().map(|&line| line.to_owned()).collect()
            })
        };
        let _ = writeln!(shown, "{name}");
        row(&mut shown, width, titles[0], SAME, titles[1]);
        columns(&mut shown, width, &lines(&lefts), &lines(&rights));
    }
    shown
}

/// The lines of each endpoint, without its name. The exit counts as one.
fn endpoints(trace: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut endpoints = BTreeMap::<_, Vec<_>>::new();
    for line in trace.lines() {
        let (name, line) = line.split_once(' ').unwrap_or((line, ""));
        endpoints.entry(name).or_default().push(line);
    }
    endpoints
}

fn columns(shown: &mut String, width: usize, left: &[String], right: &[String]) {
    for step in capture_diff_slices(Algorithm::Myers, left, right) {
        let (left, right) = (&left[step.old_range()], &right[step.new_range()]);
        let same = matches!(step, DiffOp::Equal { .. });
        for at in 0..left.len().max(right.len()) {
            let (left, right) = (left.get(at), right.get(at));
            let mark = match (left, right) {
                _ if same => SAME,
                (Some(_), Some(_)) => OTHERWISE,
                (Some(_), None) => ONLY_LEFT,
                _ => ONLY_RIGHT,
            };
            let text = |line: Option<&String>| line.map_or("", String::as_str).to_owned();
            row(shown, width, &text(left), mark, &text(right));
        }
    }
}

fn row(shown: &mut String, width: usize, left: &str, mark: char, right: &str) {
    let row = format!("  {left:width$} {mark} {right}");
    let _ = writeln!(shown, "{}", row.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str =
        "client0 connect\nclient0 end\nclient0 close false\npeer0 end\nexit drained\n";

    #[test]
    fn the_order_between_endpoints_does_not_matter() {
        let moved = "peer0 end\nclient0 connect\nclient0 end\nclient0 close false\nexit drained\n";
        assert!(differing(NODE, moved).is_empty());
        assert_eq!(side_by_side(NODE, moved, ["node", "uvox"]), "");
    }

    #[test]
    fn what_differs_is_marked() {
        let ours = "client0 connect\nclient0 data 5\nclient0 end\nclient0 close true\nclient1 end\nexit limit\n";
        assert_eq!(
            differing(NODE, ours),
            ["client0", "client1", "exit", "peer0"]
        );
        let shown = "\
client0
  node          uvox
  connect       connect
              > data 5
  end           end
  close false | close true
client1
  node          uvox
              > end
exit
  node          uvox
  drained     | limit
peer0
  node          uvox
  end         <
";
        assert_eq!(side_by_side(NODE, ours, ["node", "uvox"]), shown);
    }
}
