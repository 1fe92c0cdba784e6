//! `uvox tour` tells what really ran, and checks what it claims.

use serde_json::Value;

use crate::child::Uvox;

const STOPS: [&str; 7] = [
    "listen",
    "connect",
    "small-write",
    "big-write",
    "back-pressure",
    "half-close",
    "close",
];

fn tour(arguments: &[&str]) -> (Option<i32>, String, String) {
    let ended = Uvox::start(&[&["tour"], arguments].concat()).end();
    let out = String::from_utf8(ended.stdout).unwrap();
    (ended.status, out, ended.stderr)
}

#[test]
fn every_claim_of_every_stop_holds() {
    let (status, out, complaint) = tour(&[]);
    assert_eq!((status, complaint.as_str()), (Some(0), ""), "{out}");
    assert_eq!(out.matches('✗').count(), 0, "{out}");
    assert!(out.matches('✓').count() >= 30, "{out}");
    for what in ["1,000,000 bytes", "base.write_string", "EINPROGRESS"] {
        assert!(out.contains(what), "{what}");
    }
}

#[test]
fn stops_are_listed_and_can_be_shown_alone() {
    let (status, out, _) = tour(&["--list"]);
    let names: Vec<&str> = out
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!((status, names.as_slice()), (Some(0), &STOPS[..]));
    for (at, stop) in STOPS.iter().enumerate() {
        let (status, out, _) = tour(&["--only", stop]);
        let titles = out.lines().filter(|line| line.contains(" · ")).count();
        assert_eq!((status, titles), (Some(0), 1), "{stop}: {out}");
        assert!(out.contains(&format!("{} · ", at + 1)), "{stop}");
    }
}

/// Each event names one that came before it as its cause, or none.
#[test]
fn events_as_json_lines() {
    let (status, out, _) = tour(&["--json"]);
    assert_eq!(status, Some(0));
    let mut layers = Vec::new();
    for (at, line) in out.lines().enumerate() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["seq"], at);
        assert!(
            event["cause"]
                .as_u64()
                .is_none_or(|cause| cause < at as u64)
        );
        let layer = event["layer"].as_str().unwrap().to_owned();
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    layers.sort();
    assert_eq!(layers, ["base", "loop", "net", "sys", "uv"]);
}

#[test]
fn a_timeline_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("timeline.json");
    let (status, _, _) = tour(&["--chrome", file.to_str().unwrap()]);
    assert_eq!(status, Some(0));
    let text = std::fs::read_to_string(&file).unwrap();
    let timeline: Value = serde_json::from_str(&text).unwrap();
    assert!(timeline["traceEvents"].as_array().unwrap().len() > 300);
}

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    let (status, _, complaint) = tour(&["--only", "nowhere"]);
    assert_eq!(status, Some(2));
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    let (status, _, complaint) = tour(&["--chrome", "/nonexistent/timeline.json"]);
    assert_eq!(status, Some(2));
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}
