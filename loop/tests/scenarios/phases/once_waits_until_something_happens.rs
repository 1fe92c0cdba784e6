//! `Once` waits, and what it waited for is called before it returns: a timer, or an event.

use std::time::Duration;

use uvox_loop::{Async, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn once_waits_for_a_timer() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        for ms in [3, 1, 2] {
            let seen = seen.clone();
            let timer = Timer::new(&mut lp);
            let timeout = Duration::from_millis(ms * 20);
            timer
                .start(&mut lp, timeout, Duration::ZERO, move |cx, timer| {
                    seen.add(ms);
                    close(cx, timer);
                })
                .unwrap();
        }
        // Each run comes at least as far as the next timer.
        let mut runs = 0;
        while lp.alive() {
            let before = seen.len();
            let closing = lp.backend_timeout() == Some(Duration::ZERO);
            lp.run(RunMode::Once).unwrap();
            assert!(seen.len() > before || closing, "a run without progress");
            runs += 1;
        }
        assert!(runs <= 6, "one for each timer and one for each closing");
        assert_eq!(seen.all(), [1, 2, 3]);
        end(lp);
    });
}

#[test]
fn once_waits_for_an_event() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let woken = seen.clone();
        let (wakeup, sender) = Async::new(&mut lp, move |_, _| woken.add("woken"));
        let thread = std::thread::spawn(move || sender.send());
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(seen.all(), ["woken"]);
        thread.join().unwrap().unwrap();
        close(&mut lp, wakeup);
        // A handle that is closing is a reason not to wait.
        assert!(!lp.run(RunMode::Once).unwrap());
        end(lp);
    });
}
