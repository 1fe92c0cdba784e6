//! A loop that lives as long as its thread ends after the thread's tracer: nobody is told, and nothing happens.

use std::cell::RefCell;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Loop, Timer};

use crate::common::scenario;

thread_local! {
    static LOOP: RefCell<Option<Loop>> = const { RefCell::new(None) };
}

#[test]
fn loop_of_a_thread_that_ends() {
    scenario(|| {
        let ended = std::thread::spawn(|| {
            LOOP.with_borrow_mut(|place| {
                let mut lp = Loop::new().unwrap();
                Timer::new(&mut lp);
                *place = Some(lp);
            });
            // Set after the loop is there, so that it is destroyed before.
            trace::set(Recorder::new());
        });
        ended.join().unwrap();
    });
}
