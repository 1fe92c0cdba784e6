//! `NoWait` runs one turn and returns, whatever there would be to wait for.

use std::time::Duration;

use uvox_loop::{Async, Prepare, RunMode, Timer};

use crate::common::{Seen, close_all, end, new_loop, scenario};

#[test]
fn no_wait_never_waits() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (_wakeup, _sender) = Async::new(&mut lp, |_, _| panic!("nobody sent"));
        let hour = Timer::new(&mut lp);
        hour.start(
            &mut lp,
            Duration::from_secs(3600),
            Duration::ZERO,
            |_, _| panic!("an hour passed"),
        )
        .unwrap();
        let prepare = Prepare::new(&mut lp);
        let turned = seen.clone();
        prepare.start(&mut lp, move |_, _| turned.add(())).unwrap();
        for turns in 1..=3 {
            assert!(lp.run(RunMode::NoWait).unwrap());
            assert_eq!(seen.len(), turns);
        }
        close_all(&mut lp);
        assert!(!lp.run(RunMode::NoWait).unwrap());
        end(lp);
    });
}
