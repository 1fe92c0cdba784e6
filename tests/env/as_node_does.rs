//! Programs of ticks, immediates and timeouts run in the order in which Node runs them. Where there is no Node 20 on the path, the orders it has given
//! are still checked; asking it is skipped, and said to be.

use std::process::Command;
use std::time::Duration;

use uvox::env::{next_tick, set_immediate, set_timeout};
use uvox::event_loop::Ctx;

use crate::common::{Seen, program, scenario};

/// Something to be done later, and what it does then.
#[derive(Clone)]
enum Act {
    Tick(Vec<Act>),
    Immediate(Vec<Act>),
    Timeout(u64, Vec<Act>),
}

use Act::{Immediate, Tick, Timeout};

fn play(cx: &mut Ctx, acts: &[Act], seen: &Seen<String>, count: &Seen<()>) {
    for act in acts {
        let number = count.len();
        count.add(());
        let (seen, count) = (seen.clone(), count.clone());
        let run = |name: &str, inner: &[Act]| {
            let (name, inner) = (format!("{name} {number}"), inner.to_vec());
            move |cx: &mut Ctx| {
                seen.add(name);
                play(cx, &inner, &seen, &count);
            }
        };
        match act {
            Tick(inner) => next_tick(cx, run("tick", inner)),
            Immediate(inner) => drop(set_immediate(cx, run("immediate", inner))),
            Timeout(ms, inner) => {
                let time = Duration::from_millis(*ms);
                set_timeout(cx, time, run("timeout", inner));
            }
        }
    }
}

fn json(acts: &[Act]) -> String {
    let each = |act: &Act| match act {
        Tick(inner) => format!("[\"tick\",{}]", json(inner)),
        Immediate(inner) => format!("[\"immediate\",{}]", json(inner)),
        Timeout(ms, inner) => format!("[\"timeout\",{ms},{}]", json(inner)),
    };
    let items: Vec<_> = acts.iter().map(each).collect();
    format!("[{}]", items.join(","))
}

/// What Node says, if there is one of the right age.
fn node(acts: &[Act]) -> Option<Vec<String>> {
    let version = Command::new("node").arg("--version").output().ok()?;
    if !version.stdout.starts_with(b"v20.") {
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/env/as_node_does.js");
    let output = Command::new("node")
        .arg(script)
        .arg(json(acts))
        .output()
        .ok()?;
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

/// Programs whose order does not depend on how long anything takes.
fn programs() -> Vec<Vec<Act>> {
    let tick = || Tick(vec![]);
    let ticks_in_ticks = vec![
        Tick(vec![tick(), tick()]),
        tick(),
        Tick(vec![Tick(vec![tick()])]),
    ];
    let between = vec![
        Immediate(vec![tick(), Immediate(vec![tick()])]),
        Immediate(vec![Tick(vec![Immediate(vec![])]), tick()]),
        tick(),
    ];
    // They come in that order also if all of them are due at once. Only the last has an immediate, which would come after all that are due.
    let timeouts = vec![
        Timeout(300, vec![tick()]),
        Timeout(100, vec![Tick(vec![tick()])]),
        Timeout(200, vec![tick(), Tick(vec![])]),
        Timeout(300, vec![tick(), Immediate(vec![tick()])]),
        Timeout(100, vec![]),
    ];
    // A timeout that is made in the last of the immediates has nothing beside it.
    let last = Immediate(vec![
        tick(),
        Timeout(5, vec![Immediate(vec![]), tick()]),
        tick(),
    ]);
    let phases = vec![Timeout(
        5,
        vec![
            Immediate(vec![last, tick()]),
            Immediate(vec![Tick(vec![])]),
            tick(),
        ],
    )];
    vec![ticks_in_ticks, between, timeouts, phases]
}

#[test]
fn as_node_does() {
    scenario(|| {
        for (number, acts) in programs().iter().enumerate() {
            let (seen, count) = (Seen::new(), Seen::new());
            let (record, made) = (seen.clone(), count.clone());
            let main = acts.clone();
            program(move |cx| play(cx, &main, &record, &made));
            assert_eq!(seen.len(), count.len(), "all of it has run");
            match node(acts) {
                Some(lines) => assert_eq!(seen.all(), lines, "program {number}"),
                None => println!("skipped: there is no Node 20 to compare with"),
            }
        }
    });
}
