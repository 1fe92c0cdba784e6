//! What is read lands in the user's own buffer, as much as it holds at once; the callback gets the count, also 0, and may put another buffer in its
//! place.

use uvox_loop::{Ctx, Errno, RunMode};
use uvox_stream::node::{HandleWrap, Link, StreamListener};
use uvox_stream::uv::ReadBuffer;

use super::common::{Seen, keep, over_both, shutdown, until, write};
use super::watcher::{Heard, Watcher};

#[test]
fn reads_fill_the_buffer() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let none = Seen::new();
        let (above, _) = {
            let kept = keep(&mut pair.lp, other);
            other.read_stop(&mut pair.lp).unwrap();
            kept
        };
        let record = seen.clone();
        other
            .use_user_buffer(&mut pair.lp, vec![b'.'; 8], move |_, _, buffer, read| {
                record.add((buffer.clone(), read));
                if read == Ok(3) {
                    *buffer = vec![b'-'; 4];
                }
            })
            .unwrap();
        let _ = write(&mut pair.lp, one, b"0123456789abc", "digits", &none);
        other.read_start(&mut pair.lp).unwrap();
        pair.until_read(other, 13);
        let _ = write(&mut pair.lp, one, b"xyz", "xyz", &none);
        pair.until_read(other, 16);
        let _ = write(&mut pair.lp, one, b"qrstuv", "qrstuv", &none);
        pair.until_read(other, 22);
        shutdown(&mut pair.lp, one, &none).unwrap();
        until(&mut pair.lp, |_| {
            seen.all().last().is_some_and(|(_, read)| read.is_err())
        });
        let mut seen = seen.all();
        // One that found nothing may have been told in between.
        seen.retain(|(_, read)| *read != Ok(0));
        let expected = [
            (b"01234567".to_vec(), Ok(8)),
            (b"89abc567".to_vec(), Ok(5)),
            (b"xyzbc567".to_vec(), Ok(3)),
            (b"qrst".to_vec(), Ok(4)),
            (b"uvst".to_vec(), Ok(2)),
            (b"uvst".to_vec(), Err(Errno::EOF)),
        ];
        assert_eq!(seen, expected);
        assert!(above.is_empty(), "the other callback was called, too");
    });
}

/// Nothing, too, is told.
#[test]
fn a_read_that_found_nothing_is_told() {
    over_both(|pair| {
        let other = pair.other;
        let seen = Seen::new();
        let record = seen.clone();
        other
            .use_user_buffer(&mut pair.lp, vec![1; 2], move |_, _, buffer, read| {
                record.add((buffer.clone(), read));
            })
            .unwrap();
        let buffer = other.emit_alloc(&mut pair.lp, 64).unwrap();
        other.emit_read(&mut pair.lp, ReadBuffer::Own(buffer), Ok(0));
        assert_eq!(seen.all(), [(vec![1; 2], Ok(0))]);
    });
}

/// A buffer without length gives no room; the stream goes on when there is one again.
#[test]
fn an_empty_buffer_has_no_room() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let record = seen.clone();
        other
            .use_user_buffer(&mut pair.lp, Vec::new(), move |_, _, buffer, read| {
                record.add(read);
                if record.len() == 3 {
                    *buffer = vec![0; 10];
                }
            })
            .unwrap();
        let _ = write(&mut pair.lp, one, b"abc", "abc", &Seen::new());
        other.read_start(&mut pair.lp).unwrap();
        pair.until_read(other, 3);
        let expected = [
            Err(Errno::ENOBUFS),
            Err(Errno::ENOBUFS),
            Err(Errno::ENOBUFS),
            Ok(3),
        ];
        assert_eq!(seen.all(), expected);
    });
}

/// A listener above that keeps the buffer, or stops the reading before the read, does not leave the user without one.
#[test]
fn a_buffer_that_does_not_come_back() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let record = seen.clone();
        other
            .use_user_buffer(&mut pair.lp, vec![b'.'; 4], move |_, _, buffer, read| {
                record.add((buffer.clone(), read));
                buffer.truncate(3);
            })
            .unwrap();
        let first = other.emit_alloc(&mut pair.lp, 64).unwrap();
        other.emit_read(&mut pair.lp, ReadBuffer::Own(first), Ok(0));
        assert_eq!(seen.take(), [(b"....".to_vec(), Ok(0))]);
        let stop = Seen::new();
        let stopped = stop.clone();
        let stopper = Watcher::passing_first(move |cx, at, heard| {
            if heard == Heard::Alloc && stopped.is_empty() {
                stopped.add(());
                at.stream().read_stop(cx).unwrap();
            }
        });
        other.push_listener(&mut pair.lp, stopper).unwrap();
        other.read_start(&mut pair.lp).unwrap();
        let _ = write(&mut pair.lp, one, b"ab", "ab", &Seen::new());
        until(&mut pair.lp, |_| !stop.is_empty());
        pair.lp.run(RunMode::NoWait).unwrap();
        assert!(seen.is_empty(), "read while it was stopped");
        other.read_start(&mut pair.lp).unwrap();
        pair.until_read(other, 2);
        // Another one of the size that it had last.
        assert_eq!(seen.all(), [(b"ab\0".to_vec(), Ok(2))]);
    });
}

/// A listener above that reads into a buffer of its own, or into the loop's, and passes that on, does not put it in the place of the user's.
#[test]
fn what_was_read_elsewhere_is_copied() {
    struct Elsewhere(Seen<Option<usize>>);
    impl StreamListener for Elsewhere {
        fn on_alloc(&mut self, _: &mut Ctx, _: Link, _: usize) -> Option<Vec<u8>> {
            let size = self.0.take().pop().flatten();
            size.map(|size| vec![0; size])
        }

        fn on_read(
            &mut self,
            cx: &mut Ctx,
            at: Link,
            buffer: ReadBuffer<'_>,
            result: Result<usize, Errno>,
        ) {
            at.pass_read(cx, buffer, result);
        }
    }
    // The loop's, one of its own, and one without room for the first read.
    for size in [None, Some(64), Some(0)] {
        over_both(|pair| {
            let (one, other) = (pair.one, pair.other);
            let seen = Seen::new();
            let record = seen.clone();
            other
                .use_user_buffer(&mut pair.lp, vec![b'.'; 4], move |_, _, buffer, read| {
                    record.add((buffer.clone(), read));
                })
                .unwrap();
            let sizes = Seen::new();
            sizes.add(size);
            let above = other
                .push_listener(&mut pair.lp, Elsewhere(sizes.clone()))
                .unwrap();
            let _ = write(&mut pair.lp, one, b"abcdef", "above", &Seen::new());
            other.read_start(&mut pair.lp).unwrap();
            pair.until_read(other, 6);
            above.remove(&mut pair.lp).unwrap();
            let _ = write(&mut pair.lp, one, b"ghijk", "below", &Seen::new());
            pair.until_read(other, 11);
            shutdown(&mut pair.lp, one, &Seen::new()).unwrap();
            until(&mut pair.lp, |_| {
                seen.all()
                    .last()
                    .is_some_and(|(_, read)| *read == Err(Errno::EOF))
            });
            let mut seen = seen.all();
            seen.retain(|(_, read)| *read != Ok(0));
            let mut expected = vec![
                (b"abcd".to_vec(), Ok(4)),
                (b"efcd".to_vec(), Ok(2)),
                (b"ghij".to_vec(), Ok(4)),
                (b"khij".to_vec(), Ok(1)),
                (b"khij".to_vec(), Err(Errno::EOF)),
            ];
            if size == Some(0) {
                expected.insert(0, (b"....".to_vec(), Err(Errno::ENOBUFS)));
            }
            assert_eq!(seen, expected);
        });
    }
}

/// In parts as well, the callback may replace the buffer, remove the listener, and close the stream.
#[test]
fn in_the_middle_of_what_is_copied() {
    for (act, expected, rest) in [
        ("take it away", &["ab", "ENOBUFS"][..], ""),
        ("make room again", &["ab", "ENOBUFS", "cde", "fgh"], ""),
        ("leave", &["ab"], "cdefgh"),
        ("close", &["ab"], ""),
    ] {
        over_both(|pair| {
            let other = pair.other;
            let (above, _) = keep(&mut pair.lp, other);
            let seen = Seen::new();
            let record = seen.clone();
            other
                .use_user_buffer(&mut pair.lp, vec![0; 2], move |cx, base, buffer, read| {
                    record.add(match read {
                        Ok(count) => String::from_utf8(buffer[..count].to_vec()).unwrap(),
                        Err(errno) => errno.name().to_string(),
                    });
                    match (act, record.len()) {
                        ("leave", 1) => base.current_listener(cx).unwrap().remove(cx).unwrap(),
                        ("close", 1) => base.close(cx, |_| ()),
                        ("make room again", 2) => *buffer = vec![0; 3],
                        (_, 1) => buffer.clear(),
                        _ => {}
                    }
                })
                .unwrap();
            other.emit_read(&mut pair.lp, ReadBuffer::Lent(b"abcdefgh"), Ok(8));
            assert_eq!(seen.all(), expected, "{act}");
            assert_eq!(above.all(), rest.as_bytes(), "{act}");
        });
    }
}
