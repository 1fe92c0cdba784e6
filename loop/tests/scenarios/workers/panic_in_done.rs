//! A `done` that panics ends the run; it is over, and what else was finished is called back for in the next turn.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn panic_in_done() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let called = Rc::new(RefCell::new(Vec::new()));
        for i in 0..4 {
            let called = called.clone();
            lp.queue_work(
                || (),
                move |_, _| {
                    called.borrow_mut().push(i);
                    assert_ne!(i, 1, "this one panics");
                },
            )
            .unwrap();
        }
        let (last, finished) = mpsc::channel();
        lp.queue_work(move || last.send(()), |_, _| ()).unwrap();
        finished.recv().unwrap();

        let run = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Default)));
        assert!(run.is_err());
        assert_eq!(*called.borrow(), [0, 1]);
        assert_eq!(lp.requests(), 3);
        // What is left is no reason to wait.
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(*called.borrow(), [0, 1, 2, 3]);
        end(lp);
    });
}
