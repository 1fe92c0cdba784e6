//! A timer of no time at all, started by a timer's callback, waits for the next turn: the rest of the loop is not starved.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Check, Ctx, RunMode, Timer};

use crate::common::{Seen, close_all, end, new_loop, scenario};

fn again_and_again(cx: &mut Ctx, timer: Timer, seen: Seen, left: Rc<Cell<u32>>) {
    timer
        .start(cx, Duration::ZERO, Duration::ZERO, move |cx, timer| {
            seen.add("timer");
            // Time passes while timers run, and makes no difference.
            cx.update_time();
            left.set(left.get() - 1);
            if left.get() == 0 {
                close_all(cx);
            } else {
                again_and_again(cx, timer, seen.clone(), left.clone());
            }
        })
        .unwrap();
}

#[test]
fn zero_timeout_waits_for_the_next_timers_phase() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let check = Check::new(&mut lp);
        let checked = seen.clone();
        check
            .start(&mut lp, move |_, _| checked.add("check"))
            .unwrap();
        let timer = Timer::new(&mut lp);
        again_and_again(&mut lp, timer, seen.clone(), Rc::new(Cell::new(4)));
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [
            "timer", "check", "timer", "check", "timer", "check", "timer",
        ];
        assert_eq!(seen.all(), expected);
        end(lp);
    });
}

#[test]
fn zero_repeat_means_once() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let fired = seen.clone();
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                assert!(!cx.is_active(timer), "it is over before its callback runs");
                fired.add(());
            })
            .unwrap();
        assert!(lp.is_active(timer));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 1);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
