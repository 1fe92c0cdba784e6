//! Of timers with one deadline, the one started first fires first.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{end, new_loop, scenario};

#[test]
fn ten_thousand_at_one_deadline_fire_in_start_order() {
    scenario(|| {
        let mut lp = new_loop();
        let fired = Rc::new(RefCell::new(Vec::new()));
        let timers: Vec<Timer> = (0..10_000).map(|_| Timer::new(&mut lp)).collect();
        // Started in another order than they were made in.
        let order: Vec<usize> = (0..10_000).map(|i| (i * 7919) % 10_000).collect();
        for &i in &order {
            let fired = fired.clone();
            timers[i]
                .start(
                    &mut lp,
                    Duration::from_millis(2),
                    Duration::ZERO,
                    move |cx, timer| {
                        fired.borrow_mut().push(i);
                        cx.close(timer, |_| ()).unwrap();
                    },
                )
                .unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(*fired.borrow(), order);
        end(lp);
    });
}
