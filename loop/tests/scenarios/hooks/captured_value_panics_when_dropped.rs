//! A hook whose captured value panics when it is dropped is stopped nonetheless.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uvox_loop::Idle;

use crate::common::{close, end, new_loop, scenario};

struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn captured_value_panics_when_dropped() {
    scenario(|| {
        let mut lp = new_loop();
        let idle = Idle::new(&mut lp);
        let grenade = Grenade;
        idle.start(&mut lp, move |_, _| {
            let _keep = &grenade;
        })
        .unwrap();
        let stopped = catch_unwind(AssertUnwindSafe(|| idle.stop(&mut lp)));
        assert!(stopped.is_err());
        assert!(!lp.is_active(idle) && !lp.alive());
        idle.start(&mut lp, close).unwrap();
        lp.run(uvox_loop::RunMode::Default).unwrap();
        end(lp);
    });
}
