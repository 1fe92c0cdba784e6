//! Each loop has threads of its own: work of one may wait for work of another, though both have but one thread. Two loops on two threads
//! do not meet.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn two_loops_at_once() {
    scenario(|| {
        let build = || Loop::builder().worker_threads(1).build().unwrap();
        let (mut lp, mut other) = (build(), build());
        let (say, hear) = mpsc::channel();
        lp.queue_work(
            move || hear.recv().unwrap(),
            |_, heard| assert_eq!(heard.unwrap(), 42),
        )
        .unwrap();
        other
            .queue_work(move || say.send(42).unwrap(), |_, _| ())
            .unwrap();
        for mut lp in [lp, other] {
            assert!(!lp.run(RunMode::Default).unwrap());
            end(lp);
        }
    });
}

#[test]
fn two_loops_on_two_threads() {
    scenario(|| {
        let run = || {
            let mut lp = Loop::new().unwrap();
            let sum = Rc::new(Cell::new(0u64));
            for i in 1..=500u64 {
                let sum = sum.clone();
                lp.queue_work(move || i, move |_, i| sum.set(sum.get() + i.unwrap()))
                    .unwrap();
            }
            assert!(!lp.run(RunMode::Default).unwrap());
            end(lp);
            sum.get()
        };
        let other = thread::spawn(run);
        assert_eq!(run(), 125_250);
        assert_eq!(other.join().unwrap(), 125_250);
    });
}
