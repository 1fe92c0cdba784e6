//! A listener that panics is put back, and the stream goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uvox::env::{self, Env};
use uvox::event_loop::Loop;

use crate::common::{Seen, plain, scenario};

#[test]
fn panics() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let log = seen.clone();
        env::enter(&mut env, |cx| {
            let stream = plain(cx);
            let mut calls = 0;
            stream.on_data(cx, move |cx, stream, _| {
                calls += 1;
                log.add(calls);
                if calls == 1 {
                    stream.pause(cx);
                    panic!("the first time");
                }
                stream.destroy(cx, None);
            });
            env::set_immediate(cx, move |cx| {
                stream.push(cx, "1");
            });
            env::set_immediate(cx, move |cx| {
                assert!(stream.is_paused(cx));
                stream.resume(cx);
                stream.push(cx, "2");
            });
        });
        let first = catch_unwind(AssertUnwindSafe(|| env.run()));
        assert!(first.is_err());
        env.run().unwrap();
        assert_eq!(seen.all(), [1, 2]);
        Loop::close(env.into_loop()).unwrap();
    });
}
