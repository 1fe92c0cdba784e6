//! The timeline is a file of the Trace Event Format: stretches that nest, tracks with names, and arrows with both ends.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use uvox_loop::trace::{self, Recorder};
use uvox_loop::{RunMode, Timer, emit, emit_around, sys};

use crate::common::{close, end, new_loop, scenario};

fn timeline() -> (Recorder, Vec<Value>) {
    let recorder = Recorder::new();
    trace::set(recorder.clone());
    let mut lp = new_loop();
    let timer = Timer::new(&mut lp);
    timer
        .start(&mut lp, Duration::ZERO, Duration::ZERO, |cx, timer| {
            let _cause = emit!(Net, "socket.write" @ timer, text = "\"").map(trace::cause);
            let one = emit_around!(Uv, "tcp.socket" => sys::socket(sys::Domain::IPV4, sys::Type::STREAM, None));
            drop(one);
            close(cx, timer);
        })
        .unwrap();
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
    trace::take();
    let mut out = Vec::new();
    trace::write_chrome(&recorder.events(), &mut out).unwrap();
    let file: Value = serde_json::from_slice(&out).unwrap();
    let entries = file["traceEvents"].as_array().unwrap().clone();
    (recorder, entries)
}

fn of_kind<'a>(entries: &'a [Value], kind: &str) -> Vec<&'a Value> {
    entries.iter().filter(|entry| entry["ph"] == kind).collect()
}

#[test]
fn timeline_of_a_callback() {
    scenario(|| {
        let (recorder, entries) = timeline();
        let track = |name: &str| {
            let mut names = entries
                .iter()
                .filter(|entry| entry["name"] == "thread_name");
            names.find(|entry| entry["args"]["name"] == name).unwrap()["tid"].clone()
        };
        let entry = |name: &str| {
            let found = entries.iter().find(|entry| entry["name"] == name);
            found.unwrap_or_else(|| panic!("no {name}"))
        };
        for (name, layer) in [
            ("timer.fire", "loop"),
            ("socket.write", "net"),
            ("tcp.socket", "uv"),
            ("socket", "sys"),
            ("turn 1", "turns"),
            ("timers", "phases"),
        ] {
            assert_eq!(entry(name)["tid"], track(layer), "{name}");
        }
        // What had effects is as long as they took, and they lie within it.
        let span = |name: &str| {
            let entry = entry(name);
            let begin = entry["ts"].as_f64().unwrap();
            (begin, begin + entry["dur"].as_f64().unwrap_or(0.0))
        };
        for pair in [
            "timers",
            "timer.fire",
            "socket.write",
            "tcp.socket",
            "socket",
        ]
        .windows(2)
        {
            let (outer, inner) = (span(pair[0]), span(pair[1]));
            // A nanosecond for what a float cannot hold.
            let within = outer.0 <= inner.0 && inner.1 <= outer.1 + 1e-3;
            assert!(within, "{pair:?} {outer:?} {inner:?}");
        }
        assert_eq!(entry("tcp.socket")["ph"], "X");
        assert_eq!(entry("socket")["ph"], "i");
        assert_eq!(entry("socket.write")["args"]["text"], "\"");
        // Each event is there once.
        let shown = entries.iter().filter(|entry| entry["args"]["seq"].is_u64());
        assert_eq!(shown.count(), recorder.events().len());
    });
}

#[test]
fn arrows_have_both_ends() {
    scenario(|| {
        let (recorder, entries) = timeline();
        let ids = |kind| -> HashSet<u64> {
            let arrows = of_kind(&entries, kind).into_iter();
            arrows.map(|entry| entry["id"].as_u64().unwrap()).collect()
        };
        let events = recorder.events();
        let across = events.iter().filter(|event| {
            let cause = events.iter().find(|one| Some(one.seq) == event.cause);
            cause.is_some_and(|cause| cause.layer != event.layer)
        });
        let expected: HashSet<u64> = across.map(|event| event.seq).collect();
        assert!(expected.len() >= 3, "{expected:?}");
        assert_eq!(ids("s"), expected);
        assert_eq!(ids("f"), expected);
    });
}

#[test]
fn nothing_makes_an_empty_timeline() {
    let mut out = Vec::new();
    trace::write_chrome(&[], &mut out).unwrap();
    let file: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(file["traceEvents"], Value::Array(Vec::new()));
}
