//! 100,000 timers, of which some are put off, some stopped and some closed; the others fire, in order, each once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{close_all, end, new_loop, scenario};

const COUNT: u32 = 100_000;

/// Of no order that the heap could like.
fn timeout(i: u32) -> Duration {
    Duration::from_micros(u64::from(i.wrapping_mul(2_654_435_761) % 50_000))
}

#[test]
fn hundred_thousand_timers() {
    scenario(|| {
        let mut lp = new_loop();
        let fired = Rc::new(RefCell::new(Vec::with_capacity(COUNT as usize)));
        let timers: Vec<Timer> = (0..COUNT).map(|_| Timer::new(&mut lp)).collect();
        let start = |lp: &mut _, i: u32, timeout| {
            let fired = fired.clone();
            timers[i as usize]
                .start(lp, timeout, Duration::ZERO, move |_, _| {
                    fired.borrow_mut().push(i)
                })
                .unwrap();
        };
        // In time order of their final starts: what is to come.
        let mut expected = Vec::new();
        for i in 0..COUNT {
            start(&mut lp, i, timeout(i));
        }
        for i in 0..COUNT {
            match i % 10 {
                // Put off, or brought forward.
                0 => start(&mut lp, i, timeout(i + 1)),
                1 => timers[i as usize].stop(&mut lp).unwrap(),
                2 => lp.close(timers[i as usize], |_| ()).unwrap(),
                _ => {}
            }
        }
        expected.extend(
            (0..COUNT)
                .filter(|i| i % 10 >= 3)
                .map(|i| (timeout(i), 0, i)),
        );
        expected.extend((0..COUNT).step_by(10).map(|i| (timeout(i + 1), 1, i)));
        expected.sort();
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected: Vec<u32> = expected.into_iter().map(|(_, _, i)| i).collect();
        assert!(*fired.borrow() == expected, "fired in another order");
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
