//! No timer fires before its deadline on the monotonic clock, however it was started, stopped and started again.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;
use uvox_loop::sys::hrtime;
use uvox_loop::{Ctx, Loop, RunMode, Timer};

use crate::common::{close, end, new_loop, scenario};

/// What is done with one timer.
#[derive(Clone, Debug)]
struct Plan {
    /// Started for so many nanoseconds, then started over for the next number, and so on.
    timeouts: Vec<u64>,
    /// Stopped after which of these starts.
    stopped_after: Option<usize>,
    /// Between two calls; 0: once.
    repeat: u64,
    /// How often its callback starts it over.
    restarts: u32,
}

fn timeouts() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000u64, 0..1_000_000u64, 0..4_000_000u64]
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let plan = (
        prop::collection::vec(timeouts(), 1..4),
        prop::option::of(0..4usize),
        prop_oneof![Just(0), 1..1_000_000u64],
        0..3u32,
    );
    prop::collection::vec(
        plan.prop_map(|(timeouts, stopped_after, repeat, restarts)| Plan {
            timeouts,
            stopped_after,
            repeat,
            restarts,
        }),
        1..16,
    )
}

/// Starts the timer. Its callback checks the clock, and starts it over as often as the plan says.
fn start(cx: &mut Ctx, timer: Timer, timeout: u64, plan: Plan, early: &Rc<RefCell<Vec<u64>>>) {
    let (due, found) = (cx.now() + Duration::from_nanos(timeout), early.clone());
    let mut deadline = due.as_nanos() as u64;
    let mut calls = 0;
    let repeat = Duration::from_nanos(plan.repeat);
    timer
        .start(
            cx,
            Duration::from_nanos(timeout),
            repeat,
            move |cx, timer| {
                let now = hrtime();
                if now < deadline {
                    found.borrow_mut().push(deadline - now);
                }
                calls += 1;
                deadline = cx.now().as_nanos() as u64 + plan.repeat;
                if plan.repeat > 0 && calls < 3 {
                    return;
                }
                if plan.restarts == 0 {
                    close(cx, timer);
                    return;
                }
                let restarts = plan.restarts - 1;
                let plan = Plan {
                    restarts,
                    ..plan.clone()
                };
                start(cx, timer, timeout, plan, &found);
            },
        )
        .unwrap();
}

fn run(lp: &mut Loop, plans: Vec<Plan>) -> Vec<u64> {
    let early = Rc::new(RefCell::new(Vec::new()));
    for plan in plans {
        let timer = Timer::new(lp);
        let last = plan.timeouts.len() - 1;
        for (i, timeout) in plan.timeouts.iter().enumerate() {
            start(lp, timer, *timeout, plan.clone(), &early);
            if plan.stopped_after == Some(i) {
                timer.stop(lp).unwrap();
                if i == last {
                    close(lp, timer);
                }
            }
        }
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    early.take()
}

#[test]
fn never_early() {
    scenario(|| {
        proptest!(ProptestConfig::with_cases(48), |(plans in plans())| {
            let mut lp = new_loop();
            let early = run(&mut lp, plans);
            end(lp);
            prop_assert!(early.is_empty(), "early by {early:?} ns");
        });
    });
}
