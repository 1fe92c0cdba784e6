//! However many sends there are before the callback runs, it runs once; what is sent while it runs makes another call.

use uvox_loop::{Async, Phase, RunMode};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn sends_coalesce() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mut add = |name: &'static str| {
            let seen = seen.clone();
            Async::new(&mut lp, move |cx, _| {
                assert_eq!(cx.phase(), Phase::Poll);
                seen.add(name);
            })
            .1
        };
        let (first, second) = (add("first"), add("second"));
        for _ in 0..100 {
            second.send().unwrap();
            first.clone().send().unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(
            seen.take(),
            ["second", "first"],
            "in the order of the first sends"
        );
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [""; 0]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_send_from_the_callback_makes_another_call() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let called = seen.clone();
        let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
            called.add(());
            if called.len() < 5 {
                let sender = wakeup.sender(cx).unwrap();
                sender.send().unwrap();
                sender.send().unwrap();
            } else {
                close(cx, wakeup);
            }
        });
        sender.send().unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 5);
        end(lp);
    });
}
