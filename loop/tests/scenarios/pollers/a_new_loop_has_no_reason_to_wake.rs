//! What a loop keeps for being woken does not wake it by itself: its first turn waits as every other.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{end, new_loop, scenario};

#[test]
fn a_new_loop_has_no_reason_to_wake() {
    scenario(|| {
        let mut lp = new_loop();
        let fired = Rc::new(Cell::new(false));
        let timer = Timer::new(&mut lp);
        let mark = fired.clone();
        lp.update_time();
        timer
            .start(
                &mut lp,
                Duration::from_millis(3),
                Duration::ZERO,
                move |_, _| mark.set(true),
            )
            .unwrap();
        // One turn, which waits until there is something to do.
        lp.run(RunMode::Once).unwrap();
        assert!(fired.get());
        assert_eq!(lp.metrics().events, 0);
        lp.close(timer, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
