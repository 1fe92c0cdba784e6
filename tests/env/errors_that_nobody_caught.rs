//! An error that nobody caught ends the run, and nothing more is called; with a hook the run goes on.

use std::time::Duration;

use uvox::Error;
use uvox::env::{Env, enter, next_tick, on_uncaught, set_immediate, set_timeout, throw, uncaught};

use crate::common::{Seen, program, scenario};

fn boom() -> Error {
    Error::new("EBOOM", "it went off")
}

#[test]
fn without_a_hook_the_run_ends() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        enter(&mut env, |cx| {
            let other = record.clone();
            set_timeout(cx, Duration::ZERO, move |_| other.add("timeout"));
            let (one, two, tick) = (record.clone(), record.clone(), record.clone());
            set_immediate(cx, move |cx| {
                one.add("immediate");
                next_tick(cx, move |_| tick.add("tick"));
                throw(cx, boom());
                // The callback runs to its end, as code does that handles an error; but the first error is the one that counts.
                throw(cx, Error::new("ELATER", "too late"));
                one.add("its end");
            });
            set_immediate(cx, move |_| two.add("immediate 2"));
        });
        let error = env.run().unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            ("EBOOM", "it went off".into())
        );
        assert!(uncaught(&env).unwrap().is(&error));
        assert!(seen.all().ends_with(&["immediate", "its end"]));
        let before = seen.len();
        assert_eq!(enter(&mut env, |_| ()), None);
        assert!(env.run().unwrap_err().is(&error));
        assert_eq!(seen.len(), before);
    });
}

#[test]
fn with_a_hook_it_goes_on() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let hook = record.clone();
            on_uncaught(cx, move |cx, error| {
                hook.add(format!("caught {}", error.code()));
                let tick = hook.clone();
                next_tick(cx, move |_| tick.add("tick of the hook".into()));
            });
            for name in ["one", "two"] {
                let record = record.clone();
                set_immediate(cx, move |cx| {
                    record.add(name.to_owned());
                    let tick = record.clone();
                    next_tick(cx, move |_| tick.add("tick".into()));
                    throw(cx, boom());
                    record.add("its end".into());
                });
            }
        });
        let expected = [
            "one",
            "its end",
            "caught EBOOM",
            "tick",
            "tick of the hook",
            "two",
            "its end",
            "caught EBOOM",
            "tick",
            "tick of the hook",
        ];
        assert_eq!(seen.all(), expected);
    });
}

/// Nothing runs inside the call, also where there is no callback that it could wait for.
#[test]
fn outside_of_any_callback_the_hook_waits() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        on_uncaught(&mut env, move |_, error| {
            record.add(error.code().to_owned())
        });
        throw(&mut env, boom());
        assert!(seen.is_empty());
        let record = seen.clone();
        enter(&mut env, |_| record.add("scope".to_owned()));
        assert_eq!(seen.all(), ["scope", "EBOOM"]);
        env.run().unwrap();
    });
}

#[test]
fn an_error_in_the_hook_is_caught_by_nobody() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        enter(&mut env, |cx| {
            on_uncaught(cx, |cx, _| throw(cx, Error::new("ESECOND", "again")));
            throw(cx, boom());
        });
        assert_eq!(env.run().unwrap_err().code(), "ESECOND");
    });
}
