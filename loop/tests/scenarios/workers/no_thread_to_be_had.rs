//! The system refuses to start a thread: an error if there is none at all, otherwise the work waits for those there are.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn no_thread_to_be_had() {
    scenario(|| {
        let refuse = || fault::plan([Fault::new("pthread_create", 1, Effect::Fail(Errno::EAGAIN))]);
        let mut lp = Loop::builder().worker_threads(2).build().unwrap();

        let refused = refuse();
        let work = lp.queue_work(|| panic!("ran"), |_, _: Result<(), _>| panic!("called"));
        assert_eq!(work, Err(Errno::EAGAIN));
        assert_eq!(refused.left(), 0);
        assert_eq!(lp.requests(), 0);
        assert!(!lp.alive());

        // With one thread there, a second one is not needed to go on.
        let (let_go, wait) = mpsc::channel::<()>();
        lp.queue_work(move || wait.recv().is_ok(), |_, _| ())
            .unwrap();
        let refused = refuse();
        let done = Rc::new(Cell::new(false));
        let called = done.clone();
        lp.queue_work(
            || thread::current().name().map(str::to_owned),
            move |_, name| {
                assert_eq!(name.unwrap().as_deref(), Some("uvox-worker-0"));
                called.set(true);
            },
        )
        .unwrap();
        assert_eq!(refused.left(), 0);
        drop(let_go);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(done.get());

        // And later it is asked for again.
        drop(refused);
        let together = Arc::new(Barrier::new(2));
        for _ in 0..2 {
            let together = together.clone();
            lp.queue_work(move || together.wait().is_leader(), |_, _| ())
                .unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
