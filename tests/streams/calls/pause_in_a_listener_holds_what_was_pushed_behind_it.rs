//! What is pushed inside of a callback is given out when that is over, piece by piece: a listener that pauses the stream at one piece does not get the next.

use uvox::env;

use crate::common::{Seen, plain, program, scenario};

#[test]
fn pause_in_a_listener_holds_what_was_pushed_behind_it() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let (source, target) = (plain(cx), plain(cx));
            let on_target = log.clone();
            target.on_data(cx, move |cx, target, chunk| {
                on_target.add(String::from_utf8_lossy(chunk.as_bytes()).into_owned());
                target.pause(cx);
            });
            // Both flow by then; the target is fed from inside a listener of the source.
            source.on_data(cx, move |cx, _, _| {
                assert!(target.push(cx, "one"));
                assert!(target.push(cx, "two"));
                log.add("pushed".to_owned());
            });
            env::set_immediate(cx, move |cx| {
                source.push(cx, "go");
                assert_eq!(target.readable_length(cx), 3);
                source.destroy(cx, None);
                target.destroy(cx, None);
            });
        });
        assert_eq!(seen.all(), ["pushed", "one"]);
    });
}
