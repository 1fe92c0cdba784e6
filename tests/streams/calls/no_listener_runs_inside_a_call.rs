//! Where Node calls listeners from inside a call, they are called when the callback that made it is over, and before the ticks.

use uvox::env;

use crate::common::{Seen, plain, program, scenario};

#[test]
fn no_listener_runs_inside_a_call() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            let (on_data, on_pause, main) = (log.clone(), log.clone(), log.clone());
            stream.pause(cx);
            stream.on_data(cx, move |_, _, _| on_data.add("data"));
            stream.once_pause(cx, move |_, _| on_pause.add("pause, which was told before"));
            stream.push(cx, "text");
            env::set_immediate(cx, move |cx| {
                let tick = main.clone();
                env::next_tick(cx, move |cx| {
                    tick.add("tick");
                    stream.destroy(cx, None);
                });
                assert!(stream.read(cx, None).is_some());
                main.add("read");
            });
        });
        assert_eq!(seen.all(), ["read", "data", "tick"]);
    });
}

/// Before the listener that is next for the event that is going on, too: as on Node, but for the callback itself.
#[test]
fn what_a_listener_brings_about_comes_before_the_next_listener() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            let (first, second, pause) = (log.clone(), log.clone(), log);
            stream.on_pause(cx, move |_, _| pause.add("pause"));
            stream.on_data(cx, move |cx, stream, _| {
                stream.pause(cx);
                first.add("first");
            });
            stream.on_data(cx, move |cx, stream, _| {
                second.add("second");
                stream.destroy(cx, None);
            });
            stream.push(cx, "text");
        });
        assert_eq!(seen.all(), ["first", "pause", "second"]);
    });
}
