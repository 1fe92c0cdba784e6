//! What is read lands in the user's own buffer, as much as it holds at once; the callback gets the count, also 0, and may put another buffer in its
//! place.

use uvox_loop::{Errno, RunMode};
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
