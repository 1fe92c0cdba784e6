//! A close callback that panics: the others have their callbacks in the next run, in order, and none twice.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uvox_loop::{Phase, RunMode, Timer};

use crate::common::{Seen, end, new_loop, scenario};

#[test]
fn close_callback_that_panics() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timers: Vec<Timer> = (0..5).map(|_| Timer::new(&mut lp)).collect();
        for (i, timer) in timers.iter().enumerate() {
            let seen = seen.clone();
            lp.close(*timer, move |_| {
                seen.add(i);
                assert!(i != 3 && i != 1, "on purpose");
            })
            .unwrap();
        }
        for expected in [[4, 3], [2, 1]] {
            let result = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Default)));
            assert!(result.is_err());
            assert_eq!(lp.phase(), Phase::Outside);
            assert!(lp.alive());
            assert_eq!(seen.take(), expected);
        }
        // Closed after the others, but these were on their way already.
        let late = Timer::new(&mut lp);
        let closed = seen.clone();
        lp.close(late, move |_| closed.add(100)).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [0, 100]);
        end(lp);
    });
}
