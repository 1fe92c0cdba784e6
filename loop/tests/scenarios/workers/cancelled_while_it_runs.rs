//! Work that runs, or ran and waits for the loop, cannot be cancelled: it is busy, and its `done` gets the result.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn cancelled_while_it_runs() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let sum = Rc::new(Cell::new(0));
        let add = |sum: &Rc<Cell<i32>>| {
            let sum = sum.clone();
            move |_: &mut uvox_loop::Ctx, result: Result<i32, _>| {
                sum.set(sum.get() + result.unwrap())
            }
        };
        let (running, runs) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        let finished = lp.queue_work(|| 1, add(&sum)).unwrap();
        let runs_now = lp
            .queue_work(
                move || {
                    running.send(()).unwrap();
                    wait.recv().map_or(2, |()| 0)
                },
                add(&sum),
            )
            .unwrap();
        runs.recv().unwrap();
        assert_eq!(finished.cancel(&mut lp), Err(Errno::EBUSY));
        assert_eq!(runs_now.cancel(&mut lp), Err(Errno::EBUSY));
        drop(let_go);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(sum.get(), 3);
        end(lp);
    });
}
