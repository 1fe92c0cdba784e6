//! Another thread wakes a loop that has nothing else to wait for, again and again.

use std::sync::mpsc;

use uvox_loop::{Async, RunMode};

use crate::common::{close, end, new_loop, scenario};

#[test]
fn wake_a_loop_that_waits_for_ever() {
    scenario(|| {
        let mut lp = new_loop();
        let (answer, answers) = mpsc::channel();
        let mut calls = 0;
        let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
            assert_eq!(cx.backend_timeout(), None, "nothing else ends a wait");
            calls += 1;
            answer.send(calls).unwrap();
            if calls == 1_000 {
                close(cx, wakeup);
            }
        });
        let thread = std::thread::spawn(move || {
            // The next send is made when the last has had its effect, so each of them finds the loop waiting, or about to.
            for call in 1..=1_000 {
                sender.send().unwrap();
                assert_eq!(answers.recv(), Ok(call));
            }
        });
        assert!(!lp.run(RunMode::Default).unwrap());
        thread.join().unwrap();
        end(lp);
    });
}

#[test]
fn an_unreferenced_wake_up_does_not_keep_the_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let (wakeup, sender) = Async::new(&mut lp, |cx, _| cx.stop());
        assert!(lp.is_active(wakeup) && lp.alive());
        lp.unref(wakeup).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        // It is called nonetheless, while something else keeps the loop.
        lp.begin_request();
        sender.send().unwrap();
        assert!(lp.run(RunMode::Default).unwrap());
        lp.end_request().unwrap();
        close(&mut lp, wakeup);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
