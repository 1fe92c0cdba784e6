//! A stream that does not emit 'close' itself is over when its maker says so, as sockets do.

use uvox::env;
use uvox::streams::{Custom, FinishedOptions, Options, finished};

use crate::common::{Seen, program, scenario};

#[test]
fn close_is_told_by_the_maker() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let below = log.clone();
            let stream = Custom::new()
                .read(|_, _, _| ())
                .destroy(move |cx, stream, error| {
                    stream.destroyed(cx, error);
                    let below = below.clone();
                    env::set_immediate(cx, move |cx| {
                        below.add("below is closed");
                        stream.emit_close(cx);
                    });
                })
                .readable(cx, &Options::new().emit_close(false));
            let (on_close, on_finished) = (log.clone(), log);
            stream.on_close(cx, move |_, _| on_close.add("close"));
            finished(cx, stream, FinishedOptions::new(), move |_, result| {
                assert_eq!(result.unwrap_err().code(), "ERR_STREAM_PREMATURE_CLOSE");
                on_finished.add("finished");
            });
            stream.destroy(cx, None);
        });
        assert_eq!(seen.all(), ["below is closed", "close", "finished"]);
    });
}
