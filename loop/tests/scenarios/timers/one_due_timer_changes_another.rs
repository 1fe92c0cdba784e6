//! Of several timers that are due in one phase, the first stops the second, closes the third and starts the fourth over: none of
//! them is called, but the fourth later.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn one_due_timer_changes_another() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timers: Vec<Timer> = (0..5).map(|_| Timer::new(&mut lp)).collect();
        for (i, timer) in timers.iter().enumerate() {
            let (seen, timers) = (seen.clone(), timers.clone());
            timer
                .start(
                    &mut lp,
                    Duration::from_millis(1),
                    Duration::ZERO,
                    move |cx, timer| {
                        seen.add(i);
                        close(cx, timer);
                        if i == 0 {
                            timers[1].stop(cx).unwrap();
                            close(cx, timers[2]);
                            let seen = seen.clone();
                            timers[3]
                                .start(cx, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                                    seen.add(100);
                                    close(cx, timer);
                                })
                                .unwrap();
                        }
                    },
                )
                .unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [0, 4, 100]);
        assert!(!lp.is_active(timers[1]));
        close(&mut lp, timers[1]);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_due_timer_that_is_stopped_and_started_again_waits() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (first, second) = (Timer::new(&mut lp), Timer::new(&mut lp));
        let fired = seen.clone();
        first
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                fired.add("first");
                second.stop(cx).unwrap();
                second.again(cx).unwrap();
                assert_eq!(second.due_in(cx), Some(Duration::from_millis(1)));
                close(cx, timer);
            })
            .unwrap();
        let fired = seen.clone();
        second
            .start(
                &mut lp,
                Duration::ZERO,
                Duration::from_millis(1),
                move |cx, timer| {
                    fired.add("second");
                    close(cx, timer);
                },
            )
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["first"]);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), ["second"]);
        end(lp);
    });
}
