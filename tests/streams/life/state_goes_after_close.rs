//! The state of a stream goes in the closing phase after 'close', with what lies below; one that is to be kept stays until it is released.

use std::cell::Cell;
use std::rc::Rc;

use uvox::env::{self, Env};
use uvox::event_loop::Loop;
use uvox::streams::{Custom, Options};

use crate::common::scenario;

#[test]
fn state_goes_after_close() {
    scenario(|| {
        let captured = Rc::new(());
        let mut env = Env::new().unwrap();
        let stream = Rc::new(Cell::new(None));
        env::enter(&mut env, |cx| {
            for keep in [false, true] {
                let (held, heard) = (captured.clone(), captured.clone());
                let one = Custom::new()
                    .read(move |_, _, _| drop(held.clone()))
                    .readable(cx, &Options::new().keep(keep));
                one.on_close(cx, move |cx, one| {
                    assert!(one.exists(cx));
                    drop(heard.clone());
                });
                one.push_eof(cx);
                one.resume(cx);
                stream.set(Some(one));
            }
        });
        env.run().unwrap();
        // One closure and one listener of the stream that was kept.
        assert_eq!(Rc::strong_count(&captured), 3);
        let kept = stream.get().unwrap();
        assert!(kept.readable_ended(&env) && kept.is_closed(&env));
        kept.release(&mut env);
        env.run().unwrap();
        assert_eq!(Rc::strong_count(&captured), 1);
        assert!(!kept.exists(&env));
        Loop::close(env.into_loop()).unwrap();
    });
}

/// A stream that nobody destroys goes with its loop.
#[test]
fn a_stream_that_is_left_goes_with_the_loop() {
    scenario(|| {
        let captured = Rc::new(());
        let mut env = Env::new().unwrap();
        let held = captured.clone();
        env::enter(&mut env, move |cx| {
            let stream = Custom::new()
                .read(|_, _, _| ())
                .readable(cx, &Options::new());
            let target = Custom::new()
                .write(move |_, _, _| drop(held.clone()))
                .writable(cx, &Options::new());
            stream.pipe(cx, target);
            stream.push(cx, "text");
        });
        env.run().unwrap();
        assert_eq!(Rc::strong_count(&captured), 2);
        Loop::close(env.into_loop()).unwrap();
        assert_eq!(Rc::strong_count(&captured), 1);
    });
}
