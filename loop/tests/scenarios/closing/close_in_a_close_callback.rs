//! What a close callback closes has its callback in the next turn.

use uvox_loop::{Check, Ctx, Phase, RunMode, Timer};

use crate::common::{Seen, end, new_loop, scenario};

#[test]
fn close_in_a_close_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timers: Vec<Timer> = (0..4).map(|_| Timer::new(&mut lp)).collect();
        fn close_next(cx: &mut Ctx, mut left: Vec<Timer>, seen: Seen<(usize, u64)>) {
            let Some(timer) = left.pop() else { return };
            cx.close(timer, move |cx| {
                assert_eq!(cx.phase(), Phase::Closing);
                seen.add((left.len(), cx.metrics().turns));
                close_next(cx, left, seen);
            })
            .unwrap();
        }
        close_next(&mut lp, timers, seen.clone());
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [(3, 1), (2, 2), (1, 3), (0, 4)]);
        end(lp);
    });
}

#[test]
fn a_close_callback_makes_new_handles() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let called = seen.clone();
        lp.close(timer, move |cx| {
            // The table is free to give the new one the place of the old.
            let check = Check::new(cx);
            assert!(cx.info(check).is_some() && cx.info(timer).is_none());
            let checked = called.clone();
            check
                .start(cx, move |cx, check| {
                    checked.add("check");
                    cx.close(check, |_| ()).unwrap();
                })
                .unwrap();
            // Without this, there would be nothing to turn for but waiting.
            cx.stop();
        })
        .unwrap();
        assert!(lp.run(RunMode::Default).unwrap());
        assert!(!lp.run(RunMode::NoWait).unwrap());
        assert_eq!(seen.all(), ["check"]);
        end(lp);
    });
}
