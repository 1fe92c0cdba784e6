//! A loop that lives as long as its thread ends after the thread's tracer: nobody is told, and nothing happens.

use std::cell::RefCell;
use std::os::unix::net::UnixStream;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Interest, Loop, Poll, RunMode};

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
                // Ending it makes a system call.
                let (ours, _theirs) = UnixStream::pair().unwrap();
                let poll = Poll::new(&mut lp, &ours).unwrap();
                poll.start(&mut lp, Interest::READABLE, |_, _, _| ())
                    .unwrap();
                lp.run(RunMode::NoWait).unwrap();
                *place = Some(lp);
            });
            // Set after the loop is there, so that it is destroyed before.
            trace::set(Recorder::new());
        });
        ended.join().unwrap();
    });
}
