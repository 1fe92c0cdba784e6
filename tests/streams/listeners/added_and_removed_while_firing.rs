//! Those that are called are those that were there when the event was emitted.

use std::cell::Cell;
use std::rc::Rc;

use crate::common::{Seen, plain, program, scenario};

#[test]
fn one_that_is_added_waits_for_the_next_time() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            let mut added = false;
            stream.on_data(cx, move |cx, stream, _| {
                log.add("first");
                if !std::mem::replace(&mut added, true) {
                    let log = log.clone();
                    stream.on_data(cx, move |_, _, _| log.add("added"));
                }
            });
            stream.on_end(cx, |cx, stream| stream.destroy(cx, None));
            stream.push(cx, "1");
            stream.push(cx, "2");
            stream.push_eof(cx);
        });
        assert_eq!(seen.all(), ["first", "first", "added"]);
    });
}

#[test]
fn one_that_is_removed_is_still_called() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            let id = Rc::new(Cell::new(None));
            let (first, second, other) = (log.clone(), log, id.clone());
            stream.on_data(cx, move |cx, stream, _| {
                first.add("first");
                if let Some(id) = other.take() {
                    assert!(stream.off(cx, id));
                    assert!(!stream.off(cx, id));
                }
            });
            id.set(Some(
                stream.on_data(cx, move |_, _, _| second.add("removed")),
            ));
            stream.on_end(cx, |cx, stream| stream.destroy(cx, None));
            stream.push(cx, "1");
            stream.push(cx, "2");
            stream.push_eof(cx);
        });
        assert_eq!(seen.all(), ["first", "removed", "first"]);
    });
}
