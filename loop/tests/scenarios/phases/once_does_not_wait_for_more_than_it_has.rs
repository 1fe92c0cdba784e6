//! Callbacks that are pending or idle are progress enough for `Once`: it does not wait, though an hour is left.

use std::time::Duration;

use uvox_loop::{Idle, RunMode, Timer};

use crate::common::{Seen, close_all, end, fed, new_loop, scenario};

#[test]
fn once_does_not_wait_for_more_than_it_has() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let hour = Timer::new(&mut lp);
        hour.start(
            &mut lp,
            Duration::from_secs(3600),
            Duration::ZERO,
            |_, _| panic!("an hour passed"),
        )
        .unwrap();

        let pending = seen.clone();
        let handle = fed(&mut lp, move |_, _| pending.add("pending"));
        lp.feed(handle).unwrap();
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(seen.take(), ["pending"]);

        lp.requeue(handle).unwrap();
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(seen.take(), ["pending"]);

        // It stops itself, so that nothing is idle when the loop comes to wait.
        let idle = Idle::new(&mut lp);
        let called = seen.clone();
        idle.start(&mut lp, move |cx, idle| {
            called.add("idle");
            idle.stop(cx).unwrap();
        })
        .unwrap();
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(seen.take(), ["idle"]);

        close_all(&mut lp);
        assert!(!lp.run(RunMode::Once).unwrap());
        end(lp);
    });
}
