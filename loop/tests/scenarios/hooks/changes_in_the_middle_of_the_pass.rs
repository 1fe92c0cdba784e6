//! Hooks that start, stop and close others and themselves while their phase runs. What is stopped before its turn came is not
//! called, what is started waits for the next turn.

use uvox_loop::{Check, RunMode};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn a_hook_stops_others() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let hooks: Vec<Check> = (0..5).map(|_| Check::new(&mut lp)).collect();
        for i in 0..5 {
            let (seen, hooks) = (seen.clone(), hooks.clone());
            hooks[i]
                .start(&mut lp, move |cx, _| {
                    seen.add(i);
                    if i == 3 {
                        // One that ran, itself, and two that did not run yet.
                        hooks[4].stop(cx).unwrap();
                        hooks[3].stop(cx).unwrap();
                        hooks[2].stop(cx).unwrap();
                        close(cx, hooks[1]);
                        // Stopping twice is no mistake.
                        hooks[2].stop(cx).unwrap();
                    }
                })
                .unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [4, 3, 0]);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [0]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_hook_starts_others() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (first, second, third) = (
            Check::new(&mut lp),
            Check::new(&mut lp),
            Check::new(&mut lp),
        );
        let third_seen = seen.clone();
        third
            .start(&mut lp, move |_, _| third_seen.add("third"))
            .unwrap();
        let all = seen.clone();
        first
            .start(&mut lp, move |cx, first| {
                all.add("first");
                let (second_seen, third_seen) = (all.clone(), all.clone());
                second
                    .start(cx, move |_, _| second_seen.add("second"))
                    .unwrap();
                // One that did not run yet in this pass, stopped and started: it waits for the next, too.
                third.stop(cx).unwrap();
                third
                    .start(cx, move |_, _| third_seen.add("third again"))
                    .unwrap();
                first.stop(cx).unwrap();
            })
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["first"]);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["third again", "second"]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_hook_replaces_its_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let hook = Check::new(&mut lp);
        let old = seen.clone();
        hook.start(&mut lp, move |cx, hook| {
            old.add("old");
            hook.stop(cx).unwrap();
            let new = old.clone();
            hook.start(cx, move |cx, hook| {
                new.add("new");
                close(cx, hook);
            })
            .unwrap();
            // It is active, so this is not taken.
            hook.start(cx, |_, _| panic!("the third callback")).unwrap();
        })
        .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["old"]);
        assert!(!lp.run(RunMode::NoWait).unwrap());
        assert_eq!(seen.take(), ["new"]);
        end(lp);
    });
}
