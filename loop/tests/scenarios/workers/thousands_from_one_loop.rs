//! Thousands of works in the queue at once: each runs once, each is called back for once, those that were cancelled in time do not run.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use uvox_loop::{RunMode, Work};

use crate::common::{end, new_loop, scenario};

const WORKS: usize = 20_000;

#[test]
fn thousands_from_one_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let ran = Arc::new(AtomicUsize::new(0));
        let called = Rc::new(RefCell::new(vec![0u32; WORKS]));
        let works: Vec<Work> = (0..WORKS)
            .map(|i| {
                let (ran, called) = (ran.clone(), called.clone());
                let work = move || {
                    ran.fetch_add(1, Ordering::Relaxed);
                    i
                };
                let done = move |_: &mut uvox_loop::Ctx, result: Result<usize, _>| {
                    called.borrow_mut()[i] += 1;
                    assert_eq!(result.unwrap_or(i), i);
                };
                if i % 2 == 0 {
                    lp.queue_work(work, done).unwrap()
                } else {
                    lp.queue_slow_work(work, done).unwrap()
                }
            })
            .collect();
        let cancelled = works
            .iter()
            .step_by(5)
            .filter(|work| work.cancel(&mut lp).is_ok())
            .count();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(ran.load(Ordering::Relaxed), WORKS - cancelled);
        assert!(called.borrow().iter().all(|calls| *calls == 1));
        end(lp);
    });
}
