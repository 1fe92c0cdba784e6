//! The loop's `now` is read after waiting, before timers, and when asked for: callbacks of one phase agree on the time.

use std::time::Duration;

use uvox_loop::sys::hrtime;
use uvox_loop::{Check, Ctx, Idle, Prepare, RunMode, Timer};

use crate::common::{Seen, close_all, end, fed, new_loop, scenario};

/// Lets the clock move on.
fn tick() {
    let start = hrtime();
    while hrtime() == start {
        std::hint::spin_loop();
    }
}

#[test]
fn now_moves_only_where_it_is_said_to() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let look = || {
            let seen = seen.clone();
            move |cx: &mut Ctx| {
                seen.add(cx.now());
                tick();
            }
        };
        let start = lp.now();
        tick();
        assert_eq!(lp.now(), start, "time does not pass by itself");
        lp.update_time();
        assert!(lp.now() > start);
        let outside = lp.now();

        let f = look();
        let pending = fed(&mut lp, move |cx, _| f(cx));
        lp.feed(pending).unwrap();
        let (idle, prepare, check) = (
            Idle::new(&mut lp),
            Prepare::new(&mut lp),
            Check::new(&mut lp),
        );
        let f = look();
        idle.start(&mut lp, move |cx, _| f(cx)).unwrap();
        let f = look();
        prepare.start(&mut lp, move |cx, _| f(cx)).unwrap();
        let f = look();
        check.start(&mut lp, move |cx, _| f(cx)).unwrap();
        for _ in 0..2 {
            let (timer, f) = (Timer::new(&mut lp), look());
            timer
                .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, _| f(cx))
                .unwrap();
        }
        tick();
        lp.run(RunMode::NoWait).unwrap();
        let [pending, idle, prepare, check, timer, other_timer] = seen.all()[..] else {
            panic!("six callbacks, not {}", seen.len());
        };
        // Up to the wait it is as it was left outside.
        assert_eq!([pending, idle, prepare], [outside; 3]);
        assert!(check > prepare, "read after waiting");
        assert!(timer > check, "read before timers");
        assert_eq!(timer, other_timer);
        assert_eq!(lp.now(), timer, "and left as it is");

        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn default_reads_the_clock_when_it_begins() {
    scenario(|| {
        let mut lp = new_loop();
        let before = lp.now();
        tick();
        lp.run(RunMode::Default).unwrap();
        assert!(lp.now() > before, "though it had nothing to do");
        end(lp);
    });
}
