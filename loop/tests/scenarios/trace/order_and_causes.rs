//! Events come in order, each with turn and phase; what a callback does names the event that led to the callback.

use std::time::Duration;

use uvox_loop::trace::{self, Event, Layer, Outcome, Recorder, Value};
use uvox_loop::{Async, Check, Key, Phase, RunMode, Timer};

use crate::common::{close, end, fed, new_loop, scenario};

/// The one event of that name about that handle.
fn the<'a>(events: &'a [Event], name: &str, key: impl Into<Key>) -> &'a Event {
    let key = key.into();
    let mut found = events
        .iter()
        .filter(|e| e.name == name && e.object == Some(key));
    let event = found.next().unwrap_or_else(|| panic!("no {name} of {key}"));
    assert!(found.next().is_none(), "more than one {name} of {key}");
    event
}

#[test]
fn order_and_causes() {
    scenario(|| {
        let recorder = Recorder::new();
        assert!(trace::set(recorder.clone()).is_none());
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        let victim = Timer::new(&mut lp);
        let (wakeup, sender) = Async::new(&mut lp, move |cx, wakeup| {
            close(cx, wakeup);
            timer
                .start(cx, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                    close(cx, victim);
                    close(cx, timer);
                })
                .unwrap();
        });
        let check = Check::new(&mut lp);
        check.start(&mut lp, close).unwrap();
        sender.send().unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(trace::take().is_some());
        assert!(!trace::on());
        let events = recorder.events();

        for pair in events.windows(2) {
            assert_eq!(pair[0].seq + 1, pair[1].seq);
            assert!(pair[0].time_ns <= pair[1].time_ns);
            assert!(pair[0].turn <= pair[1].turn);
        }
        for event in &events {
            let cause = event
                .cause
                .map(|seq| events.iter().find(|e| e.seq == seq).unwrap());
            assert!(
                cause.is_none_or(|cause| cause.seq < event.seq),
                "a cause comes first"
            );
            if event.turn > 0 {
                assert_eq!(event.loop_id, lp.id());
            }
        }
        let fired = the(&events, "timer.fire", timer);
        assert_eq!(
            (fired.phase, fired.turn, fired.layer),
            (Phase::Timers, 1, Layer::Loop)
        );
        for (closed, cause) in [
            (the(&events, "close", victim), fired),
            (the(&events, "close", timer), fired),
            (the(&events, "close", check), the(&events, "hook", check)),
            (the(&events, "close", wakeup), the(&events, "ready", wakeup)),
        ] {
            assert_eq!(closed.cause, Some(cause.seq), "{closed}");
            assert_eq!((closed.phase, closed.turn), (cause.phase, cause.turn));
        }
        let gone = the(&events, "closed", timer);
        assert_eq!(
            (gone.phase, gone.turn, gone.cause),
            (Phase::Closing, 2, None)
        );
        assert_eq!(gone.args, [("kind", Value::from("timer"))]);
        assert_eq!(recorder.count("turn"), 2);
        // The wait, and the system call that it is.
        let wait = events.iter().find(|e| e.name == "wait").unwrap();
        assert_eq!((wait.phase, wait.result), (Phase::Poll, Outcome::None));
        assert!(wait.args.contains(&("events", Value::Uint(1))));
        end(lp);
    });
}

#[test]
fn a_cause_ends_with_its_callback_though_it_panics() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let mut lp = new_loop();
        let handle = fed(&mut lp, |_, _| panic!("on purpose"));
        lp.feed(handle).unwrap();
        let run = std::panic::AssertUnwindSafe(|| lp.run(RunMode::NoWait));
        assert!(std::panic::catch_unwind(run).is_err());
        recorder.clear();
        close(&mut lp, handle);
        let closed = recorder
            .events()
            .into_iter()
            .find(|e| e.name == "close")
            .unwrap();
        assert_eq!((closed.cause, closed.phase), (None, Phase::Outside));
        lp.run(RunMode::Default).unwrap();
        trace::take();
        end(lp);
    });
}
