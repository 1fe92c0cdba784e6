//! The work runs on a thread of the pool, what follows it on the loop's, in the poll phase, and not before the loop runs.

use std::cell::Cell;
use std::rc::Rc;
use std::thread;

use uvox_loop::{Phase, RunMode};

use crate::common::{end, new_loop, scenario};

#[test]
fn done_runs_on_the_loops_thread() {
    scenario(|| {
        let mut lp = new_loop();
        let loop_thread = thread::current().id();
        let called = Rc::new(Cell::new(0));
        let calls = called.clone();
        lp.queue_work(
            move || {
                let thread = thread::current();
                assert_ne!(thread.id(), loop_thread);
                thread.name().map(str::to_owned)
            },
            move |cx, name| {
                assert_eq!(thread::current().id(), loop_thread);
                assert_eq!(cx.phase(), Phase::Poll);
                assert_eq!(cx.requests(), 0);
                assert_eq!(name.unwrap().as_deref(), Some("uvox-worker-0"));
                calls.set(calls.get() + 1);
            },
        )
        .unwrap();
        assert_eq!(called.get(), 0);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(called.get(), 1);
        end(lp);
    });
}
