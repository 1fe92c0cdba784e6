//! `stop`, called in each phase: the turn goes on to its end, without waiting, and no other follows.

use std::time::Duration;

use uvox_loop::{Async, Check, Ctx, Idle, Phase, Prepare, RunMode, Timer};

use crate::common::{Seen, close, close_all, end, fed, new_loop, scenario};

/// Runs a loop with a callback in every phase, that of `phase` stops it. Returns the phases that were seen.
fn stopped_in(phase: Phase) -> Vec<Phase> {
    let mut lp = new_loop();
    let seen = Seen::new();
    let called = {
        let seen = seen.clone();
        move |cx: &mut Ctx| {
            seen.add(cx.phase());
            if cx.phase() == phase {
                cx.stop();
            }
        }
    };
    let on_call = || called.clone();
    let (pending, waiting) = (on_call(), on_call());
    let handle = fed(&mut lp, move |cx, _| pending(cx));
    lp.feed(handle).unwrap();
    let (_, sender) = Async::new(&mut lp, move |cx, _| waiting(cx));
    sender.send().unwrap();
    let (idle, prepare, check) = (
        Idle::new(&mut lp),
        Prepare::new(&mut lp),
        Check::new(&mut lp),
    );
    let f = on_call();
    idle.start(&mut lp, move |cx, _| f(cx)).unwrap();
    let f = on_call();
    prepare.start(&mut lp, move |cx, _| f(cx)).unwrap();
    let (f, closed) = (on_call(), on_call());
    check
        .start(&mut lp, move |cx, check| {
            f(cx);
            // Once: the second time it is closing, and not called.
            cx.close(check, closed.clone()).unwrap();
        })
        .unwrap();
    let timer = Timer::new(&mut lp);
    // Not due in the run's first look at the timers, but after any turn.
    let f = on_call();
    let start = Prepare::new(&mut lp);
    start
        .start(&mut lp, move |cx, start| {
            let f = f.clone();
            timer
                .start(cx, Duration::ZERO, Duration::ZERO, move |cx, _| f(cx))
                .unwrap();
            close(cx, start);
        })
        .unwrap();

    assert!(lp.run(RunMode::Default).unwrap(), "stopped, not done");
    close_all(&mut lp);
    let seen_while_running = seen.all();
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
    seen_while_running
}

#[test]
fn stop_ends_the_run_after_its_turn() {
    scenario(|| {
        let all = [
            Phase::Pending,
            Phase::Idle,
            Phase::Prepare,
            Phase::Poll,
            Phase::Check,
            Phase::Closing,
            Phase::Timers,
        ];
        for phase in all {
            assert_eq!(stopped_in(phase), all, "stopped in the {phase} phase");
        }
    });
}

#[test]
fn stop_before_a_turn_does_not_wait() {
    scenario(|| {
        let mut lp = new_loop();
        let hour = Timer::new(&mut lp);
        hour.start(
            &mut lp,
            Duration::from_secs(3600),
            Duration::ZERO,
            |_, _| panic!("an hour passed"),
        )
        .unwrap();
        let prepare = Prepare::new(&mut lp);
        prepare.start(&mut lp, |cx, _| cx.stop()).unwrap();
        assert!(lp.run(RunMode::Default).unwrap());
        assert!(lp.run(RunMode::Once).unwrap());
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
