//! `stop` outside a run makes the next one return at once, and only that one.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn stop_before_run_skips_one_run() {
    scenario(|| {
        for mode in [RunMode::Default, RunMode::Once, RunMode::NoWait] {
            let mut lp = new_loop();
            let seen = Seen::new();
            let timer = Timer::new(&mut lp);
            let fired = seen.clone();
            timer
                .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                    fired.add(());
                    close(cx, timer);
                })
                .unwrap();
            lp.stop();
            assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
            assert!(lp.run(mode).unwrap());
            assert_eq!(seen.len(), 0, "{mode:?}");
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.len(), 1, "{mode:?}");
            end(lp);
        }
    });
}
