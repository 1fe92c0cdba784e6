//! A closure that writes to its own stream gets that when it is over.

use uvox::env;
use uvox::streams::{Custom, Options};

use crate::common::{Seen, program, scenario};

#[test]
fn write_from_inside_a_write() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let mut left = 2;
            let stream = Custom::new()
                .write(move |cx, stream, chunk| {
                    log.add(chunk.as_bytes().to_vec());
                    if left > 0 {
                        left -= 1;
                        stream.write(cx, "more");
                    }
                    stream.written(cx, Ok(()));
                })
                .writable(cx, &Options::new());
            stream.write(cx, "first");
            env::set_immediate(cx, move |cx| stream.end(cx));
        });
        assert_eq!(seen.all(), [&b"first"[..], b"more", b"more"]);
    });
}

/// And one that writes all at once writes in one go what came meanwhile.
#[test]
fn write_from_inside_a_write_of_several() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let stream = Custom::new()
                .writev(move |cx, stream, chunks| {
                    if log.is_empty() {
                        stream.write(cx, "three");
                        stream.write(cx, "four");
                    }
                    log.add(chunks.len());
                    env::set_immediate(cx, move |cx| {
                        stream.written(cx, Ok(()));
                        if stream.writable_length(cx) == 0 {
                            stream.end(cx);
                        }
                    });
                })
                .writable(cx, &Options::new());
            stream.cork(cx);
            stream.write(cx, "one");
            stream.write(cx, "two");
            stream.uncork(cx);
        });
        assert_eq!(seen.all(), [2, 2]);
    });
}
