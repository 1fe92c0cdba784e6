//! Durations beyond counting are not due, ever, and do not wrap around into the past.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, close_all, end, new_loop, scenario};

#[test]
fn huge_durations_never_come_due() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let huge = [
            Duration::MAX,
            Duration::from_nanos(u64::MAX),
            Duration::from_nanos(u64::MAX - lp.now().as_nanos() as u64),
            Duration::from_nanos(i64::MAX as u64),
            Duration::from_secs(u64::MAX),
        ];
        for timeout in huge {
            let timer = Timer::new(&mut lp);
            timer
                .start(&mut lp, timeout, timeout, move |_, _| {
                    panic!("{timeout:?} passed")
                })
                .unwrap();
            assert!(timer.due_in(&lp).unwrap() > Duration::from_secs(1 << 32));
            assert_eq!(
                timer.repeat(&lp),
                Some(timeout.min(Duration::from_nanos(u64::MAX)))
            );
            lp.run(RunMode::NoWait).unwrap();
        }
        assert!(lp.backend_timeout().unwrap() > Duration::from_secs(1 << 32));
        // The loop waits for so long without complaint, until something else happens.
        let (_, sender) = {
            let woken = seen.clone();
            uvox_loop::Async::new(&mut lp, move |cx, _| {
                woken.add("woken");
                close_all(cx);
            })
        };
        let thread = std::thread::spawn(move || sender.send());
        assert!(!lp.run(RunMode::Default).unwrap());
        thread.join().unwrap().unwrap();
        assert_eq!(seen.all(), ["woken"]);
        end(lp);
    });
}

#[test]
fn a_timer_that_fires_may_repeat_never() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::ZERO, Duration::MAX, |cx, _| cx.stop())
            .unwrap();
        assert!(lp.run(RunMode::Default).unwrap());
        assert!(lp.run(RunMode::NoWait).unwrap());
        assert!(timer.due_in(&lp).unwrap() > Duration::from_secs(1 << 32));
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
