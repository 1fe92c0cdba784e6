//! What a handle's callback captured panics when the handle goes: its close callback is called in the next run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, end, new_loop, scenario};

struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn captured_value_panics_when_its_handle_goes() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        for name in ["first", "second"] {
            let (timer, grenade, closed) = (Timer::new(&mut lp), Grenade, seen.clone());
            timer
                .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                    let _keep = &grenade;
                })
                .unwrap();
            lp.close(timer, move |_| closed.add(name)).unwrap();
        }
        // Last closed first. The first two runs end where the captured values are dropped, each before its close callback.
        for expected in [&[][..], &["second"]] {
            let run = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Default)));
            assert!(run.is_err());
            assert_eq!(seen.all(), expected);
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["second", "first"]);
        end(lp);
    });
}
