//! Works that finish in another order than they were queued in are called back for in the order in which they finished.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn done_comes_in_the_order_of_finishing() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(4).build().unwrap();
        let called = Rc::new(RefCell::new(Vec::new()));
        // Each is let go by the one queued after it, when that one's result has arrived.
        let mut let_go_before: Option<mpsc::Sender<()>> = None;
        for i in 0..4 {
            let (let_go, wait) = mpsc::channel::<()>();
            let before = let_go_before.replace(let_go);
            let called = called.clone();
            lp.queue_work(
                move || wait.recv().is_ok(),
                move |_, result| {
                    result.unwrap();
                    called.borrow_mut().push(i);
                    drop(before);
                },
            )
            .unwrap();
        }
        drop(let_go_before);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(*called.borrow(), [3, 2, 1, 0]);
        end(lp);
    });
}

#[test]
fn one_thread_works_in_order() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let called = Rc::new(RefCell::new(Vec::new()));
        for i in 0..100 {
            let called = called.clone();
            let done = move |_: &mut uvox_loop::Ctx, result: Result<i32, _>| {
                called.borrow_mut().push(result.unwrap());
            };
            if i % 3 == 0 {
                lp.queue_slow_work(move || i, done).unwrap();
            } else {
                lp.queue_work(move || i, done).unwrap();
            }
        }
        let (last, finished) = mpsc::channel();
        lp.queue_work(move || last.send(()), |_, _| ()).unwrap();
        // All the others wait for the loop by now: it finds them in one batch.
        finished.recv().unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(*called.borrow(), (0..100).collect::<Vec<_>>());
        end(lp);
    });
}
