//! A socket is not idle if something went through its pipe, and is when nothing does.

use std::time::Duration;

use uvox::net::PipeOptions;
use uvox_testing::{Seen, scenario};

use super::{Ends, program};

const TIMEOUT: Duration = Duration::from_millis(20);

/// When the timeout looks for the first time, something has gone through since it was asked for; for the second time, nothing.
#[test]
fn timeouts_of_what_is_piped() {
    scenario(|| {
        for splice in [true, false] {
            let seen = Seen::new();
            let record = seen.clone();
            program(move |cx| {
                let ends = Ends::new(cx);
                ends.pipe(cx, PipeOptions { splice, end: true }, &Seen::new());
                ends.from.write(cx, "through");
                ends.to.on_data(cx, move |cx, _, chunk| {
                    assert_eq!(*chunk, "through");
                    for socket in [ends.source, ends.target] {
                        let began = cx.now();
                        socket.set_timeout(cx, TIMEOUT);
                        let record = record.clone();
                        socket.once_timeout(cx, move |cx, socket| {
                            record.add(cx.now() - began >= 2 * TIMEOUT);
                            socket.set_timeout(cx, Duration::ZERO);
                            if record.len() == 2 {
                                for socket in [ends.from, ends.source, ends.target, ends.to] {
                                    socket.destroy(cx);
                                }
                            }
                        });
                    }
                });
            });
            assert_eq!(seen.all(), [true, true], "spliced: {splice}");
        }
    });
}
