//! `stop` is about the run it is called in, also if that ends with a panic: the next one runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn stop_before_a_panic() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let fired = seen.clone();
        timer
            .start(
                &mut lp,
                Duration::ZERO,
                Duration::from_nanos(1),
                move |cx, timer| {
                    fired.add(());
                    if fired.len() == 1 {
                        cx.stop();
                        panic!("on purpose");
                    }
                    close(cx, timer);
                },
            )
            .unwrap();
        let run = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Default)));
        assert!(run.is_err());
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 2);
        end(lp);
    });
}
