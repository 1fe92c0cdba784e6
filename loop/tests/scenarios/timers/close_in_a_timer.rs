//! A repeating timer that closes itself in its callback is not called again, though it was started anew before.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, end, new_loop, scenario};

#[test]
fn close_in_a_timer() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let called = seen.clone();
        timer
            .start(
                &mut lp,
                Duration::ZERO,
                Duration::from_nanos(1),
                move |cx, timer| {
                    called.add("timer");
                    assert!(cx.is_active(timer));
                    let closed = called.clone();
                    cx.close(timer, move |_| closed.add("closed")).unwrap();
                    assert!(!cx.is_active(timer));
                    assert_eq!(timer.due_in(cx), None);
                    assert_eq!(cx.next_deadline(), None);
                },
            )
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["timer", "closed"]);
        end(lp);
    });
}

#[test]
fn unreferenced_timer_fires_while_another_keeps_the_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (unreferenced, other) = (Timer::new(&mut lp), Timer::new(&mut lp));
        lp.unref(unreferenced).unwrap();
        let millisecond = Duration::from_millis(1);
        let called = seen.clone();
        unreferenced
            .start(&mut lp, millisecond, millisecond, move |_, _| {
                called.add("unreferenced")
            })
            .unwrap();
        assert!(!lp.alive(), "started, and still not referenced");
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 0);

        let called = seen.clone();
        other
            .start(&mut lp, 2 * millisecond, Duration::ZERO, move |_, _| {
                called.add("other")
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(
            seen.all().starts_with(&["unreferenced"]),
            "its time came first"
        );
        assert!(seen.all().contains(&"other"));
        crate::common::close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
