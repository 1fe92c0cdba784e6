//! `Default` runs what timers are due before its first turn; `Once` and `NoWait` at the end of theirs only.

use std::time::Duration;

use uvox_loop::{Prepare, RunMode, Timer};

use crate::common::{Seen, close_all, end, new_loop, scenario};

fn order_in(mode: RunMode) -> Vec<&'static str> {
    let mut lp = new_loop();
    let seen = Seen::new();
    let timer = Timer::new(&mut lp);
    let fired = seen.clone();
    timer
        .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
            fired.add("timer")
        })
        .unwrap();
    let prepare = Prepare::new(&mut lp);
    let prepared = seen.clone();
    prepare
        .start(&mut lp, move |cx, _| {
            prepared.add("prepare");
            close_all(cx);
        })
        .unwrap();
    // The prepare callback closes the timer too, so a timer that did not come first does not come at all.
    lp.run(mode).unwrap();
    lp.run(RunMode::Default).unwrap();
    end(lp);
    seen.all()
}

#[test]
fn default_runs_due_timers_first() {
    scenario(|| {
        assert_eq!(order_in(RunMode::Default), ["timer", "prepare"]);
        assert_eq!(order_in(RunMode::Once), ["prepare"]);
        assert_eq!(order_in(RunMode::NoWait), ["prepare"]);
    });
}
