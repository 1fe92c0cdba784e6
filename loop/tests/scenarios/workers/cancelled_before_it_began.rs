//! Work that has not begun can be cancelled: it is dropped at once, on the loop's thread, and its `done` gets ECANCELED from the
//! loop, behind what finished before.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::{self, ThreadId};

use uvox_loop::{Errno, Loop, RunMode, WorkError};

use crate::common::{end, scenario};

struct TellWhenDropped(mpsc::Sender<ThreadId>);

impl Drop for TellWhenDropped {
    fn drop(&mut self) {
        self.0.send(thread::current().id()).unwrap();
    }
}

#[test]
fn cancelled_before_it_began() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let called = Rc::new(RefCell::new(Vec::new()));
        let (calls, other_calls) = (called.clone(), called.clone());
        lp.queue_work(|| (), move |_, _| calls.borrow_mut().push("finished"))
            .unwrap();
        let (running, runs) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        lp.queue_work(
            move || {
                running.send(()).unwrap();
                wait.recv().is_ok()
            },
            |_, _| (),
        )
        .unwrap();
        runs.recv().unwrap();

        let (tell, dropped) = mpsc::channel();
        let captured = TellWhenDropped(tell);
        let work = lp
            .queue_work(
                move || drop(captured),
                move |_, result| {
                    let error = result.unwrap_err();
                    assert!(matches!(error, WorkError::Cancelled));
                    assert_eq!(error.errno(), Some(Errno::ECANCELED));
                    other_calls.borrow_mut().push("cancelled");
                },
            )
            .unwrap();
        assert_eq!(lp.requests(), 3);
        assert_eq!(work.cancel(&mut lp), Ok(()));
        assert_eq!(dropped.try_recv(), Ok(thread::current().id()));
        assert!(called.borrow().is_empty());
        assert_eq!(lp.requests(), 3);
        // It cannot be cancelled again while its `done` is still to come.
        assert_eq!(work.cancel(&mut lp), Err(Errno::EBUSY));

        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(*called.borrow(), ["finished", "cancelled"]);
        assert_eq!(work.cancel(&mut lp), Err(Errno::EBADF));
        drop(let_go);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn slow_work_is_cancelled_too() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(2).build().unwrap();
        let (running, runs) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        lp.queue_slow_work(
            move || {
                running.send(()).unwrap();
                wait.recv().is_ok()
            },
            |_, _| (),
        )
        .unwrap();
        runs.recv().unwrap();
        let waiting: Vec<_> = (0..3)
            .map(|_| lp.queue_slow_work(|| (), |_, _| ()).unwrap())
            .collect();
        assert_eq!(waiting[1].cancel(&mut lp), Ok(()));
        // Only one slow work may run on two threads, so the others have not begun.
        assert_eq!(waiting[0].cancel(&mut lp), Ok(()));
        drop(let_go);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
