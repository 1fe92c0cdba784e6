//! One of the two connections of a pipe is reset: both sockets are destroyed, and the callback is told why.
//!
//! A source that is read, and not spliced, may have been read to the last byte when the reset is heard of; then it is an end to it, as it is to libuv.

use uvox::event_loop::Ctx;
use uvox::net::PipeOptions;
use uvox_testing::{Seen, scenario};

use super::{Ends, IS_LINUX, expect, pattern, program};

/// Runs it when a megabyte has gone through, and returns what was seen, sorted.
fn in_the_middle(splice: bool, end: bool, run: fn(&mut Ctx, Ends)) -> Vec<String> {
    let seen = Seen::new();
    let record = seen.clone();
    program(move |cx| {
        let ends = Ends::new(cx);
        ends.watch(cx, &record);
        ends.pipe(cx, PipeOptions { splice, end }, &record);
        ends.from.write(cx, pattern(64 << 20));
        let mut done = false;
        expect(cx, ends.to, move |cx, at| {
            if at >= 1 << 20 && !std::mem::replace(&mut done, true) {
                assert_eq!(ends.source.is_spliced(cx), splice && IS_LINUX);
                run(cx, ends);
            }
        });
    });
    let mut seen = seen.take();
    seen.sort();
    seen
}

/// Compares, unless it was an end to a source that was copied from: then all close, and none with an error.
fn check(seen: &[String], expected: &[&str], splice: bool) {
    if seen.iter().any(|line| line == "read ECONNRESET") {
        return assert_eq!(seen, expected, "spliced: {splice}");
    }
    assert!(!splice || !IS_LINUX, "{seen:?}");
    let is_close = |line: &&String| line.ends_with(": closed, false");
    assert_eq!(seen.iter().filter(is_close).count(), 4, "{seen:?}");
}

#[test]
fn the_source_is_reset() {
    scenario(|| {
        for splice in [true, false] {
            let seen = in_the_middle(splice, true, |cx, ends| {
                ends.from.reset_and_destroy(cx).unwrap();
                ends.source.on_end(cx, |cx, source| source.destroy(cx));
                // Its peer gets what had gone through, and the end, or a reset.
                ends.to.on_end(cx, |cx, to| to.end(cx));
            });
            let expected = [
                "from: closed, false",
                "read ECONNRESET",
                "source: closed, true",
                "source: read ECONNRESET",
                "target: closed, true",
                "target: read ECONNRESET",
                "to: closed, false",
            ];
            check(&seen, &expected, splice);
        }
    });
}

/// A target that is not to be ended has nothing to do with it.
#[test]
fn the_source_is_reset_and_the_target_goes_on() {
    scenario(|| {
        for splice in [true, false] {
            let seen = in_the_middle(splice, false, |cx, ends| {
                ends.from.reset_and_destroy(cx).unwrap();
                ends.source.on_end(cx, |cx, source| source.destroy(cx));
                ends.source.on_close(cx, move |cx, _, _| {
                    uvox::env::set_immediate(cx, move |cx| {
                        assert!(ends.target.is_writable(cx));
                        ends.target.destroy(cx);
                        ends.to.destroy(cx);
                    });
                });
            });
            let expected = [
                "from: closed, false",
                "read ECONNRESET",
                "source: closed, true",
                "source: read ECONNRESET",
                "target: closed, false",
                "to: closed, false",
            ];
            check(&seen, &expected, splice);
        }
    });
}

/// Whether it is found by reading or by writing is a matter of chance; all tell the same.
#[test]
fn the_target_is_reset() {
    scenario(|| {
        for (splice, end) in [(true, true), (true, false), (false, true), (false, false)] {
            let seen = in_the_middle(splice, end, |cx, ends| {
                ends.to.reset_and_destroy(cx).unwrap();
                // It is told by the end, or by an error, when it writes on.
                ends.from.on_end(cx, |cx, from| from.destroy(cx));
            });
            let told = seen.iter().find(|line| !line.contains(": "));
            let error = told.expect("the callback is called").clone();
            let errors = ["read ECONNRESET", "write ECONNRESET", "write EPIPE"];
            assert!(errors.contains(&&*error), "{error}");
            for socket in ["source", "target"] {
                assert!(seen.contains(&format!("{socket}: {error}")), "{seen:?}");
                assert!(
                    seen.contains(&format!("{socket}: closed, true")),
                    "{seen:?}"
                );
            }
            assert!(seen.contains(&"to: closed, false".to_owned()));
        }
    });
}
