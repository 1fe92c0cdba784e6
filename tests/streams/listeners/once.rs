//! A listener for once is gone before it is called.

use uvox::streams::Event;

use crate::common::{Seen, plain, program, scenario};

#[test]
fn once() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            stream.once_data(cx, move |cx, stream, chunk| {
                log.add((chunk.len(), stream.listener_count(cx, Event::Data)));
                // It still flows: the rest goes nowhere.
                stream.destroy(cx, None);
            });
            assert_eq!(stream.listener_count(cx, Event::Data), 1);
            stream.push(cx, "four");
        });
        assert_eq!(seen.all(), [(4, 0)]);
    });
}

#[test]
fn one_for_once_that_is_taken_off_is_not_called() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            let id = stream.once_close(cx, move |_, _| log.add("close"));
            assert!(stream.off(cx, id));
            stream.destroy(cx, None);
        });
        assert!(seen.is_empty());
    });
}
