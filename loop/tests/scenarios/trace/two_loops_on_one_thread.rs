//! Two loops on one thread, one after the other and one inside the other: each event names the loop that it happened in.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::trace::{self, Event, Recorder};
use uvox_loop::{Key, Phase, RunMode, Timer};

use crate::common::{close, end, new_loop, scenario};

fn of(events: &[Event], key: impl Into<Key>) -> Vec<(&'static str, u32, u64, Phase)> {
    let key = Some(key.into());
    events
        .iter()
        .filter(|event| event.object == key)
        .map(|event| (event.name, event.loop_id, event.turn, event.phase))
        .collect()
}

#[test]
fn one_after_the_other() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let mut loops = [new_loop(), new_loop()];
        let timers = [0, 1].map(|i| {
            let timer = Timer::new(&mut loops[i]);
            timer
                .start(&mut loops[i], Duration::ZERO, Duration::ZERO, close)
                .unwrap();
            timer
        });
        for i in [0, 1, 0, 1] {
            loops[i].run(RunMode::NoWait).unwrap();
        }
        trace::take();
        for i in [0, 1] {
            let id = loops[i].id();
            let expected = [
                ("timer.fire", id, 1, Phase::Timers),
                ("close", id, 1, Phase::Timers),
                ("closed", id, 2, Phase::Closing),
            ];
            assert_eq!(of(&recorder.events(), timers[i]), expected);
        }
        for lp in loops {
            end(lp);
        }
    });
}

#[test]
fn one_inside_the_other() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let mut outer = new_loop();
        let inner = Rc::new(RefCell::new(new_loop()));
        let inner_timer = Timer::new(&mut inner.borrow_mut());
        inner_timer
            .start(
                &mut inner.borrow_mut(),
                Duration::ZERO,
                Duration::ZERO,
                close,
            )
            .unwrap();
        let timer = Timer::new(&mut outer);
        let inside = inner.clone();
        timer
            .start(
                &mut outer,
                Duration::ZERO,
                Duration::ZERO,
                move |cx, timer| {
                    assert!(!inside.borrow_mut().run(RunMode::Default).unwrap());
                    // The inner loop is done; this happens in the outer one, in its timers phase.
                    close(cx, timer);
                },
            )
            .unwrap();
        assert!(!outer.run(RunMode::Default).unwrap());
        trace::take();
        let events = recorder.events();
        let (outer_id, inner_id) = (outer.id(), inner.borrow().id());
        let expected = [
            ("timer.fire", outer_id, 0, Phase::Timers),
            ("close", outer_id, 0, Phase::Timers),
            ("closed", outer_id, 1, Phase::Closing),
        ];
        assert_eq!(of(&events, timer), expected);
        let expected = [
            ("timer.fire", inner_id, 0, Phase::Timers),
            ("close", inner_id, 0, Phase::Timers),
            ("closed", inner_id, 1, Phase::Closing),
        ];
        assert_eq!(of(&events, inner_timer), expected);
        // What led to the inner one's run is the outer one's timer.
        let fired = events.iter().find(|e| e.name == "timer.fire").unwrap();
        let turn = events
            .iter()
            .find(|e| e.name == "turn" && e.loop_id == inner_id)
            .unwrap();
        assert_eq!(turn.cause, Some(fired.seq));
        end(outer);
        end(Rc::into_inner(inner).unwrap().into_inner());
    });
}
