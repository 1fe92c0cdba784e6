//! What `run` returns, in each mode.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{close, end, new_loop, scenario};

const MODES: [RunMode; 3] = [RunMode::Default, RunMode::Once, RunMode::NoWait];

#[test]
fn run_says_whether_the_loop_is_alive() {
    scenario(|| {
        for mode in MODES {
            let mut lp = new_loop();
            assert!(!lp.run(mode).unwrap(), "an empty loop, {mode:?}");

            let timer = Timer::new(&mut lp);
            assert!(!lp.run(mode).unwrap(), "a timer not started, {mode:?}");

            // From its callback the loop is stopped, and has another call to wait for.
            let millisecond = Duration::from_millis(1);
            timer
                .start(&mut lp, Duration::ZERO, millisecond, |cx, _| cx.stop())
                .unwrap();
            assert!(lp.run(mode).unwrap(), "a timer that repeats, {mode:?}");

            close(&mut lp, timer);
            assert!(lp.alive());
            assert!(!lp.run(mode).unwrap(), "after the last closing, {mode:?}");
            end(lp);
        }
    });
}
