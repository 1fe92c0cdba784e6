//! One turn: pending, idle, prepare, poll, pending again, check, closing, timers.

use std::time::Duration;

use uvox_loop::{Async, Check, Ctx, Idle, Phase, Prepare, RunMode, Timer};

use crate::common::{Seen, close_all, end, fed, new_loop, scenario};

#[test]
fn the_phases_of_a_turn_in_order() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mark = |name: &'static str| {
            let seen = seen.clone();
            move |cx: &mut Ctx| seen.add((name, cx.phase()))
        };
        // Set up in about the opposite order of what is to come.
        let timer = Timer::new(&mut lp);
        let called = mark("timer");
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, _| {
                called(cx)
            })
            .unwrap();
        let check = Check::new(&mut lp);
        let (called, closed) = (mark("check"), mark("closed"));
        check
            .start(&mut lp, move |cx, check| {
                called(cx);
                cx.close(check, closed.clone()).unwrap();
            })
            .unwrap();
        let called = mark("fed by async");
        let later = fed(&mut lp, move |cx, _| called(cx));
        let called = mark("async");
        let (_, sender) = Async::new(&mut lp, move |cx, _| {
            called(cx);
            cx.feed(later).unwrap();
        });
        sender.send().unwrap();
        let prepare = Prepare::new(&mut lp);
        let called = mark("prepare");
        prepare.start(&mut lp, move |cx, _| called(cx)).unwrap();
        let idle = Idle::new(&mut lp);
        let called = mark("idle");
        idle.start(&mut lp, move |cx, _| called(cx)).unwrap();
        let called = mark("pending");
        let pending = fed(&mut lp, move |cx, _| called(cx));
        lp.feed(pending).unwrap();

        assert_eq!(lp.phase(), Phase::Outside);
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(lp.phase(), Phase::Outside);
        assert_eq!(
            seen.all(),
            [
                ("pending", Phase::Pending),
                ("idle", Phase::Idle),
                ("prepare", Phase::Prepare),
                ("async", Phase::Poll),
                ("fed by async", Phase::Poll),
                ("check", Phase::Check),
                ("closed", Phase::Closing),
                ("timer", Phase::Timers),
            ]
        );
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
