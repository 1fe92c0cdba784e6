//! What the loop says of its next timer is exact, also after timers were stopped, put off, brought forward and closed, so that it
//! does not wake in vain.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

fn hours(hours: u64) -> Duration {
    Duration::from_secs(3600 * hours)
}

#[test]
fn next_deadline_is_exact() {
    scenario(|| {
        let mut lp = new_loop();
        let now = lp.now();
        assert_eq!(lp.next_deadline(), None);
        let timers: Vec<Timer> = (0..5).map(|_| Timer::new(&mut lp)).collect();
        let start = |lp: &mut _, i: usize, timeout| {
            timers[i]
                .start(lp, timeout, Duration::ZERO, |_, _| ())
                .unwrap();
        };
        for i in 0..5 {
            start(&mut lp, i, hours(10 * (i as u64 + 1)));
        }
        assert_eq!(lp.next_deadline(), Some(now + hours(10)));
        assert_eq!(lp.backend_timeout(), Some(hours(10)));
        start(&mut lp, 0, hours(35));
        assert_eq!(
            lp.next_deadline(),
            Some(now + hours(20)),
            "the first was put off"
        );
        timers[1].stop(&mut lp).unwrap();
        assert_eq!(
            lp.next_deadline(),
            Some(now + hours(30)),
            "the second was stopped"
        );
        close(&mut lp, timers[2]);
        assert_eq!(
            lp.next_deadline(),
            Some(now + hours(35)),
            "the third was closed"
        );
        start(&mut lp, 4, hours(5));
        assert_eq!(
            lp.next_deadline(),
            Some(now + hours(5)),
            "the last was brought forward"
        );
        start(&mut lp, 4, hours(50));
        start(&mut lp, 1, hours(34));
        assert_eq!(
            lp.next_deadline(),
            Some(now + hours(34)),
            "the second is back"
        );
        for timer in &timers {
            timer.stop(&mut lp).unwrap();
        }
        assert_eq!(lp.next_deadline(), None);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_timer_that_was_put_off_does_not_wake_the_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let soon = Duration::from_millis(2);
        let (put_off, stopped, last) = (
            Timer::new(&mut lp),
            Timer::new(&mut lp),
            Timer::new(&mut lp),
        );
        put_off
            .start(&mut lp, soon, Duration::ZERO, |_, _| ())
            .unwrap();
        put_off
            .start(&mut lp, hours(1), Duration::ZERO, |_, _| ())
            .unwrap();
        stopped
            .start(&mut lp, soon, Duration::ZERO, |_, _| ())
            .unwrap();
        stopped.stop(&mut lp).unwrap();
        let fired = seen.clone();
        last.start(&mut lp, 10 * soon, Duration::ZERO, move |_, _| {
            fired.add(())
        })
        .unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.len(), 1, "one wait, up to the timer that counts");
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
