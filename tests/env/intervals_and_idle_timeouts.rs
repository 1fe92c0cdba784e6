//! Intervals go on until they are cleared; idle timeouts can be started anew when they have run, and keep nobody alive; whatever is cleared, in whatever
//! callback, does not run.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use uvox::env::{Timeout, set_idle_timeout, set_interval, set_timeout};
use uvox::event_loop::Phase;

use crate::common::{Seen, program, scenario};

const MS: Duration = Duration::from_millis(1);

#[test]
fn an_interval_until_it_is_cleared() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let mut last = cx.now();
            set_interval(cx, MS, move |cx, interval| {
                assert_eq!(cx.phase(), Phase::Timers);
                assert!(cx.now() >= last + MS);
                last = cx.now();
                assert!(!interval.is_waiting(cx) && interval.has_ref(cx));
                record.add("interval");
                if record.len() == 3 {
                    interval.clear(cx);
                    interval.clear(cx);
                    interval.refresh(cx);
                    assert!(!interval.has_ref(cx) && !interval.is_waiting(cx));
                }
            });
        });
        assert_eq!(seen.len(), 3);
    });
}

#[test]
fn an_idle_timeout_is_started_anew() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let fired = record.clone();
            let idle = set_idle_timeout(cx, MS, move |_, _| fired.add("idle"));
            assert!(idle.is_waiting(cx) && !idle.has_ref(cx));
            // Something else keeps the loop alive, and wakes it again when it has run.
            let record = record.clone();
            let mut rounds = 0;
            set_interval(cx, 2 * MS, move |cx, interval| {
                rounds += 1;
                record.add("round");
                assert!(!idle.is_waiting(cx), "it has run and waits for nothing");
                idle.refresh(cx);
                assert!(idle.is_waiting(cx));
                if rounds == 3 {
                    idle.clear(cx);
                    interval.clear(cx);
                }
            });
        });
        let expected = ["idle", "round", "idle", "round", "idle", "round"];
        assert_eq!(seen.all(), expected);
    });
}

#[test]
fn cleared_in_another_ones_callback() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let victim: Rc<Cell<Option<Timeout>>> = Rc::default();
            let (shared, first) = (victim.clone(), record.clone());
            set_timeout(cx, MS, move |cx| {
                first.add("first");
                shared.get().unwrap().clear(cx);
            });
            let second = record.clone();
            victim.set(Some(set_timeout(cx, MS, move |_| second.add("second"))));
            // Zero is a millisecond.
            let third = record.clone();
            set_timeout(cx, Duration::ZERO, move |_| third.add("third"));
        });
        assert_eq!(seen.all(), ["first", "third"]);
    });
}

#[test]
fn only_referenced_ones_hold_the_loop() {
    scenario(|| {
        program(|cx| {
            let far = set_timeout(cx, Duration::MAX, |_| panic!("too early"));
            assert!(far.has_ref(cx) && cx.alive());
            far.unref(cx);
            far.unref(cx);
            assert!(!far.has_ref(cx) && !cx.alive());
            far.ref_(cx);
            assert!(cx.alive());
            far.unref(cx);
        });
    });
}
