//! While an idle handle is active, the loop turns without waiting; when it stops, the loop waits again.

use std::time::Duration;

use uvox_loop::{Idle, RunMode, Timer};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn idle_keeps_the_loop_from_waiting() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let hour = Timer::new(&mut lp);
        let hours = Duration::from_secs(3600);
        hour.start(&mut lp, hours, Duration::ZERO, |_, _| {
            panic!("an hour passed")
        })
        .unwrap();
        assert_eq!(lp.backend_timeout(), Some(hours));
        let idle = Idle::new(&mut lp);
        let called = seen.clone();
        idle.start(&mut lp, move |cx, idle| {
            called.add(());
            if called.len() == 1_000 {
                idle.stop(cx).unwrap();
                assert_eq!(
                    cx.backend_timeout(),
                    cx.next_deadline().map(|d| d - cx.now())
                );
                // Nothing but this would end the wait that follows.
                close_all(cx);
            }
        })
        .unwrap();
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 1_000);
        end(lp);
    });
}

#[test]
fn an_unreferenced_idle_handle_keeps_it_from_waiting_too() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::MAX, Duration::ZERO, close)
            .unwrap();
        let idle = Idle::new(&mut lp);
        lp.unref(idle).unwrap();
        idle.start(&mut lp, |_, _| ()).unwrap();
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        // It would wait for ever.
        assert!(lp.run(RunMode::Once).unwrap());
        close(&mut lp, timer);
        assert!(!lp.run(RunMode::Default).unwrap(), "and lets the loop end");
        close(&mut lp, idle);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
