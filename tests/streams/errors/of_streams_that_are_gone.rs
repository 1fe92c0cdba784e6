//! A stream that is gone is destroyed and closed; calls do nothing, and callbacks are told.

use uvox::env;
use uvox::streams::{FinishedOptions, finished, pipeline};

use crate::common::{Seen, plain, program, scenario};

#[test]
fn of_streams_that_are_gone() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            stream.destroy(cx, None);
            // The closing phase comes after the immediates; the next immediates after that.
            env::set_immediate(cx, move |cx| {
                env::set_immediate(cx, move |cx| {
                    assert!(!stream.exists(cx));
                    assert!(stream.is_destroyed(cx) && stream.is_closed(cx));
                    assert!(!stream.is_readable(cx) && !stream.is_writable(cx));
                    assert_eq!(stream.read(cx, None), None);
                    assert!(!stream.push(cx, "text") && !stream.unshift(cx, "text"));
                    stream.on_data(cx, |_, _, _| unreachable!());
                    let note = |what: &'static str| {
                        let log = log.clone();
                        move |_: &mut uvox::event_loop::Ctx, result: Result<(), uvox::Error>| {
                            log.add(format!("{what} {}", result.unwrap_err().code()));
                        }
                    };
                    stream.write_then(cx, "text", note("write"));
                    stream.end_then(cx, None, note("end"));
                    finished(cx, stream, FinishedOptions::new(), note("finished"));
                    assert!(pipeline(cx, &[stream], note("never")).is_err());
                    stream.pause(cx);
                    stream.resume(cx);
                    stream.cork(cx);
                    stream.uncork(cx);
                    stream.written(cx, Ok(()));
                    stream.finalized(cx, Ok(()));
                    stream.destroyed(cx, None);
                    stream.destroy(cx, None);
                });
            });
        });
        let lines = [
            "write ERR_STREAM_DESTROYED",
            "end ERR_STREAM_DESTROYED",
            "finished ERR_STREAM_PREMATURE_CLOSE",
        ];
        assert_eq!(seen.all(), lines);
    });
}
