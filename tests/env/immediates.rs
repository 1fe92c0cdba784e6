//! Immediates run in the check phase; what they make waits for the next one; they can be taken back, also by one another; and keep the loop alive only if
//! they are meant to.

use std::cell::Cell;
use std::rc::Rc;

use uvox::env::{Env, Immediate, enter, set_immediate};
use uvox::event_loop::{Loop, Phase};

use crate::common::{Seen, program, scenario};

#[test]
fn those_of_immediates_wait_a_turn() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            for name in ["one", "two"] {
                let record = record.clone();
                set_immediate(cx, move |cx| {
                    assert_eq!(cx.phase(), Phase::Check);
                    record.add((name, cx.metrics().turns));
                    let record = record.clone();
                    set_immediate(cx, move |cx| record.add(("inner", cx.metrics().turns)));
                });
            }
        });
        let seen = seen.all();
        let names: Vec<_> = seen.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["one", "two", "inner", "inner"]);
        assert_eq!((seen[0].1, seen[2].1), (seen[1].1, seen[3].1));
        assert_eq!(seen[2].1, seen[0].1 + 1);
    });
}

#[test]
fn one_takes_back_another() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let second: Rc<Cell<Option<Immediate>>> = Rc::default();
            let (first, other) = (second.clone(), record.clone());
            let own = set_immediate(cx, move |cx| {
                other.add("first");
                let second = first.get().unwrap();
                assert!(second.has_ref(cx));
                second.clear(cx);
                second.clear(cx);
                second.ref_(cx);
                assert!(!second.has_ref(cx));
            });
            let other = record.clone();
            second.set(Some(set_immediate(cx, move |_| other.add("second"))));
            let other = record.clone();
            set_immediate(cx, move |_| other.add("third"));
            assert!(own.has_ref(cx));
        });
        assert_eq!(seen.all(), ["first", "third"]);
    });
}

#[test]
fn one_that_is_not_waited_for() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let one = enter(&mut env, |cx| set_immediate(cx, move |_| record.add("it"))).unwrap();
        one.unref(&mut env);
        one.unref(&mut env);
        assert!(!env.alive());
        one.ref_(&mut env);
        assert!(env.alive() && one.has_ref(&env));
        one.unref(&mut env);
        env.run().unwrap();
        assert!(seen.is_empty());
        // In a run that goes on for another reason it has its turn.
        let record = seen.clone();
        set_immediate(&mut env, move |_| record.add("the other"));
        env.run().unwrap();
        assert_eq!(seen.all(), ["it", "the other"]);
        Loop::close(env.into_loop()).unwrap();
    });
}
