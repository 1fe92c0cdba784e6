//! Ticks run when the outermost callback returns, in order, with those that they make, before anything else comes from the loop.

use std::time::Duration;

use uvox::env::{Env, enter, next_tick, set_immediate, set_timeout};
use uvox::event_loop::{Check, RunMode};

use crate::common::{Seen, program, scenario};

#[test]
fn ticks_make_ticks_and_scopes_nest() {
    scenario(|| {
        let seen = Seen::new();
        let (a, b, c, d) = (seen.clone(), seen.clone(), seen.clone(), seen.clone());
        program(move |cx| {
            next_tick(cx, move |cx| {
                a.add("tick 1");
                let inner = a.clone();
                next_tick(cx, move |_| inner.add("tick of tick"));
                // A scope in a tick is not the outermost: it runs none.
                enter(cx, |_| a.add("scope in tick"));
                a.add("tick 1 ends");
            });
            next_tick(cx, move |_| b.add("tick 2"));
            enter(cx, |cx| {
                let inner = c.clone();
                next_tick(cx, move |_| inner.add("tick 3"));
                c.add("inner scope");
            });
            d.add("main ends");
        });
        let expected = [
            "inner scope",
            "main ends",
            "tick 1",
            "scope in tick",
            "tick 1 ends",
            "tick 2",
            "tick 3",
            "tick of tick",
        ];
        assert_eq!(seen.all(), expected);
    });
}

/// A tick that is made outside of any callback waits for the run, or for the next scope.
#[test]
fn a_tick_from_outside() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        next_tick(&mut env, move |_| record.add("one"));
        assert!(seen.is_empty());
        env.run().unwrap();
        let record = seen.clone();
        next_tick(&mut env, move |_| record.add("two"));
        let record = seen.clone();
        enter(&mut env, |_| record.add("scope"));
        assert_eq!(seen.all(), ["one", "scope", "two"]);
    });
}

/// Handles of the loop's own are called without a scope; the first scope that ends runs the ticks.
#[test]
fn a_panic_closes_its_scope() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let check = Check::new(&mut env);
        check
            .start(&mut env, move |cx, check| {
                cx.close(check, |_| ()).unwrap();
                let tick = record.clone();
                enter(cx, |cx| {
                    next_tick(cx, move |_| tick.add("tick"));
                    panic!("in a scope");
                });
            })
            .unwrap();
        let lp = env.event_loop();
        let run = std::panic::AssertUnwindSafe(|| lp.run(RunMode::NoWait));
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| ()));
        assert!(std::panic::catch_unwind(run).is_err());
        std::panic::set_hook(hook);
        assert!(seen.is_empty());
        let record = seen.clone();
        enter(&mut env, |_| record.add("scope"));
        assert_eq!(seen.all(), ["scope", "tick"]);
        env.run().unwrap();
    });
}

/// Between two callbacks of one phase, too.
#[test]
fn ticks_run_between_immediates_and_between_timeouts() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            for name in ["immediate 1", "immediate 2"] {
                let record = record.clone();
                set_immediate(cx, move |cx| {
                    record.add(name);
                    let record = record.clone();
                    next_tick(cx, move |_| record.add("its tick"));
                });
            }
        });
        let expected = ["immediate 1", "its tick", "immediate 2", "its tick"];
        assert_eq!(seen.take(), expected);
        let record = seen.clone();
        program(move |cx| {
            for (name, time) in [("a", 2), ("b", 1), ("c", 2)] {
                let record = record.clone();
                set_timeout(cx, Duration::from_millis(time), move |cx| {
                    record.add(name);
                    let record = record.clone();
                    next_tick(cx, move |_| record.add("its tick"));
                });
            }
        });
        let expected = ["b", "its tick", "a", "its tick", "c", "its tick"];
        assert_eq!(seen.all(), expected);
    });
}
