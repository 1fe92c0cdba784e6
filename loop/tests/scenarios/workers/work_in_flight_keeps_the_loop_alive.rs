//! A loop with work in flight is alive, has nothing to do but wait, and cannot be closed.

use std::sync::mpsc;

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{end, new_loop, scenario};

#[test]
fn work_in_flight_keeps_the_loop_alive() {
    scenario(|| {
        let mut lp = new_loop();
        let (let_go, wait) = mpsc::channel::<()>();
        assert!(!lp.alive());
        lp.queue_work(move || wait.recv().is_ok(), |_, _| ())
            .unwrap();
        assert!(lp.alive());
        assert_eq!(lp.requests(), 1);
        assert_eq!(lp.backend_timeout(), None);
        assert!(lp.run(RunMode::NoWait).unwrap());

        let busy = Loop::close(lp).unwrap_err();
        assert_eq!(busy.errno(), Errno::EBUSY);
        assert_eq!((busy.requests(), busy.handles().len()), (1, 0));
        let mut lp = busy.into_loop();

        drop(let_go);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
