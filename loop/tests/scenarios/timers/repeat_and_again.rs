//! `repeat`, `set_repeat` and `again`.

use std::time::Duration;

use uvox_loop::{Errno, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn again_before_start_is_a_mistake() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        assert_eq!(timer.again(&mut lp), Err(Errno::EINVAL));
        timer.set_repeat(&mut lp, MILLISECOND).unwrap();
        assert_eq!(
            timer.again(&mut lp),
            Err(Errno::EINVAL),
            "it has nothing to call"
        );
        assert!(!lp.is_active(timer));
        close(&mut lp, timer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn again_counts_from_now() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, MILLISECOND, Duration::ZERO, |_, _| ())
            .unwrap();
        timer.again(&mut lp).unwrap();
        assert_eq!(
            timer.due_in(&lp),
            Some(MILLISECOND),
            "without a repeat nothing changes"
        );
        timer.set_repeat(&mut lp, 5 * MILLISECOND).unwrap();
        assert_eq!(timer.due_in(&lp), Some(MILLISECOND), "nor does setting one");
        timer.again(&mut lp).unwrap();
        assert_eq!(timer.due_in(&lp), Some(5 * MILLISECOND));
        // A stopped timer goes on, with the callback that it was started with.
        timer.stop(&mut lp).unwrap();
        assert_eq!(timer.due_in(&lp), None);
        timer.again(&mut lp).unwrap();
        assert_eq!(timer.due_in(&lp), Some(5 * MILLISECOND));
        assert!(lp.is_active(timer));
        close(&mut lp, timer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn set_repeat_in_the_callback_counts_from_the_next_start() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let due_in = seen.clone();
        let mut repeats = [3, 2, 1].map(|ms| ms * MILLISECOND).into_iter();
        timer
            .start(&mut lp, Duration::ZERO, MILLISECOND, move |cx, timer| {
                // The next call was settled before this one.
                due_in.add(timer.due_in(cx).unwrap());
                match repeats.next() {
                    Some(repeat) => timer.set_repeat(cx, repeat).unwrap(),
                    None => close(cx, timer),
                }
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [1, 3, 2, 1].map(|ms| ms * MILLISECOND);
        assert_eq!(seen.all(), expected);
        end(lp);
    });
}

#[test]
fn a_repeat_that_becomes_zero_ends_it() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let fired = seen.clone();
        timer
            .start(&mut lp, Duration::ZERO, MILLISECOND, move |cx, timer| {
                fired.add(());
                timer.set_repeat(cx, Duration::ZERO).unwrap();
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 2, "the start before the first callback stands");
        close(&mut lp, timer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_late_timer_does_not_catch_up() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let fired = seen.clone();
        timer
            .start(&mut lp, MILLISECOND, MILLISECOND, move |_, _| fired.add(()))
            .unwrap();
        let target = lp.now() + 5 * MILLISECOND;
        while lp.now() < target {
            lp.update_time();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 1, "one call for five periods");
        assert_eq!(
            timer.due_in(&lp),
            Some(MILLISECOND),
            "and the next a whole one away"
        );
        close(&mut lp, timer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
