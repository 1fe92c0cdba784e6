//! The timers that `Default` runs first may leave nothing to wait for. A turn follows all the same, as in libuv: an unreferenced
//! check callback, such as Node's for immediates, sees what the timers did.

use std::time::Duration;

use uvox_loop::{Check, RunMode, Timer};

use crate::common::{Seen, close_all, end, new_loop, scenario};

#[test]
fn first_timers_are_followed_by_a_turn() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let check = Check::new(&mut lp);
        let checked = seen.clone();
        check
            .start(&mut lp, move |_, _| checked.add("check"))
            .unwrap();
        lp.unref(check).unwrap();
        let timer = Timer::new(&mut lp);
        let fired = seen.clone();
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                fired.add("timer")
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), ["timer", "check"]);

        // With nothing alive from the start there is no turn.
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [""; 0]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
