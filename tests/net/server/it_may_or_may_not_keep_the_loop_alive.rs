//! A server that listens keeps the loop alive unless it was unref'd, before or after.

use std::time::Duration;

use uvox::env::{self, Env};
use uvox::event_loop::RunMode;
use uvox::net::ListenOptions;

use super::common::{Log, loopback, says_node, scenario, server};

#[test]
fn unref_before_and_after_it_listens() {
    let code = "
        watch(net.createServer()).unref().listen(0, '127.0.0.1');
        watch(net.createServer()).listen(0).unref();
        const third = watch(net.createServer()).unref();
        third.listen(0, () => { third.ref(); setImmediate(() => { say('still here'); third.close(); }); });
    ";
    let lines = ["listening", "listening", "listening", "still here", "close"];
    scenario(|| {
        let log = Log::default();
        let mut env = Env::new().unwrap();
        env::enter(&mut env, |cx| {
            let one = server(cx);
            log.watch(cx, one);
            one.unref(cx);
            one.listen(cx, loopback()).unwrap();
            let two = server(cx);
            log.watch(cx, two);
            two.listen(cx, ListenOptions::port(0)).unwrap();
            two.unref(cx);
            let three = server(cx);
            log.watch(cx, three);
            three.unref(cx);
            let note = log.clone();
            let listening = move |cx: &mut _, three: uvox::net::Server| {
                three.ref_(cx);
                env::set_timeout(cx, Duration::from_millis(2), move |cx| {
                    note.say("still here");
                    three.close(cx);
                });
            };
            three
                .listen_then(cx, ListenOptions::port(0), listening)
                .unwrap();
        });
        env.run().unwrap();
        assert_eq!(log.all(), lines);
        // The first two still listen, and nobody waits for them.
        assert_eq!(env.event_loop().run(RunMode::Default), Ok(false));
        drop(env);
        says_node(code, &lines);
    });
}
