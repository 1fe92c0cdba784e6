//! The listeners of other states than streams: what `listeners::emit` promises to all.

use uvox::env;
use uvox::event_loop::{Ctx, Handle, Kind, State};
use uvox::listeners::{Listeners, emit};

use crate::common::{Seen, program, scenario};

type OnRing = dyn FnMut(&mut Ctx, u32);

#[derive(Default)]
struct Bell {
    listeners: Listeners<Box<OnRing>>,
}

static BELL: Kind<Bell> = Kind::new("bell");

impl State for Bell {
    const KIND: &'static Kind<Bell> = &BELL;
}

fn ring(cx: &mut Ctx, bell: Handle<Bell>, number: u32) -> bool {
    emit(
        cx,
        bell,
        |bell| &mut bell.listeners,
        move |f, cx| f(cx, number),
    )
}

/// A listener that emits its own event is entered again when it has returned.
#[test]
fn emitted_by_its_own_listener() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let bell = cx.insert(Bell::default());
            assert!(!ring(cx, bell, 0), "nobody listens");
            let state = cx.state_mut(bell).unwrap();
            state.listeners.add(Box::new(move |cx, number| {
                log.add(format!("{number} begins"));
                if number < 3 {
                    ring(cx, bell, number + 1);
                }
                log.add(format!("{number} ends"));
            }));
            env::set_immediate(cx, move |cx| {
                ring(cx, bell, 1);
                cx.close(bell, |_| ()).unwrap();
            });
        });
        let lines = [
            "1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends",
        ];
        assert_eq!(seen.all(), lines);
    });
}

/// Listeners are called in order; one that was put before the others comes first; one for once is gone before it is called.
#[test]
fn in_order() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let bell = cx.insert(Bell::default());
            let say = |what: &'static str| -> Box<OnRing> {
                let log = log.clone();
                Box::new(move |_, _| log.add(what))
            };
            let listeners = &mut cx.state_mut(bell).unwrap().listeners;
            listeners.add(say("second"));
            let gone = listeners.add(say("gone"));
            listeners.add_once(say("once"));
            listeners.prepend(say("first"));
            assert!(listeners.remove(gone));
            assert_eq!(listeners.len(), 3);
            ring(cx, bell, 1);
            ring(cx, bell, 2);
            assert_eq!(cx.state_mut(bell).unwrap().listeners.len(), 2);
            cx.close(bell, |_| ()).unwrap();
        });
        assert_eq!(seen.all(), ["first", "second", "once", "first", "second"]);
    });
}

/// However often it does so: the stack does not grow with that.
#[test]
fn emitted_by_its_own_listener_without_end() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let bell = cx.insert(Bell::default());
            let state = cx.state_mut(bell).unwrap();
            state.listeners.add(Box::new(move |cx, number| {
                log.add(number);
                match number {
                    200_000 => cx.close(bell, |_| ()).unwrap(),
                    _ => assert!(ring(cx, bell, number + 1)),
                }
            }));
            ring(cx, bell, 1);
        });
        assert!(seen.all().into_iter().eq(1..=200_000));
    });
}
