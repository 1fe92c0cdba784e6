//! A write that goes out at once is over when the call returns; only what does not is a request, and calls back.

use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::{Errno, RunMode};
use uvox_stream::node::{Chunk, Encoding, StreamBase, StreamWriteResult};

use super::common::{Seen, TOO_MUCH, keep, over_both, shutdown, until, write};

/// What a write gives that went out whole.
fn done(bytes: usize) -> StreamWriteResult {
    StreamWriteResult {
        is_async: false,
        err: None,
        wrap: None,
        bytes,
    }
}

#[test]
fn small_writes_are_over_at_once_and_never_call_back() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let (data, _) = keep(&mut pair.lp, other);
        assert_eq!(write(&mut pair.lp, one, b"one", "one", &seen), done(3));
        assert_eq!(one.bytes_written(&pair.lp), 3);
        assert_eq!(write(&mut pair.lp, one, b"", "empty", &seen), done(0));
        let never = |_: &mut _, _, _| panic!("a write that was over called back");
        let pieces = [IoSlice::new(b" two"), IoSlice::new(b""), IoSlice::new(b"!")];
        assert_eq!(one.write(&mut pair.lp, &pieces, never), done(5));
        let bytes = Bytes::from_static(b" three");
        assert_eq!(one.write_bytes(&mut pair.lp, bytes.clone(), never), done(6));
        let chunks = [
            Chunk::Text(" é", Encoding::Latin1),
            Chunk::Bytes(bytes),
            Chunk::Text("é", Encoding::Utf8),
            Chunk::Text("é", Encoding::Ucs2),
        ];
        assert_eq!(one.writev(&mut pair.lp, &chunks, never), done(12));
        assert_eq!(one.bytes_written(&pair.lp), 26);
        assert_eq!(pair.lp.requests(), 0);
        pair.until_read(other, 26);
        assert_eq!(data.all(), b"one two! three \xe9 three\xc3\xa9\xe9\x00");
        assert!(seen.is_empty());
        assert_eq!(one.write_queue_size(&pair.lp), 0);
    });
}

/// The rest is queued, first in, first out; a write behind it waits, an empty one too.
#[test]
fn what_does_not_go_out_at_once_is_queued_in_order() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let large: Vec<u8> = (0..TOO_MUCH).map(|i| i as u8).collect();
        let first = write(&mut pair.lp, one, &large, "large", &seen);
        assert!(first.is_async && first.err.is_none());
        assert_eq!(first.bytes, TOO_MUCH);
        let waiting = one.write_queue_size(&pair.lp);
        assert!(0 < waiting && waiting < TOO_MUCH, "{waiting} are queued");
        let empty = write(&mut pair.lp, one, b"", "empty", &seen);
        assert!(empty.is_async && empty.bytes == 0);
        assert_ne!(first.wrap, empty.wrap);
        // Many pieces, more than fit on the stack; and pieces that are handed over.
        let pieces = [IoSlice::new(b"a"); 20];
        let record = seen.clone();
        let many = one.write(&mut pair.lp, &pieces, move |_, _, status| {
            record.add(("many", status));
        });
        assert!(many.is_async && many.bytes == 20);
        let record = seen.clone();
        let bytes = Bytes::from_static(b"end");
        let owned = one.write_bytes(&mut pair.lp, bytes, move |_, _, status| {
            record.add(("owned", status));
        });
        assert!(owned.is_async && owned.bytes == 3);
        let record = seen.clone();
        let chunks = vec![Chunk::Text("ü", Encoding::Latin1); 20];
        let texts = one.writev(&mut pair.lp, &chunks, move |_, _, status| {
            record.add(("texts", status));
        });
        assert!(texts.is_async && texts.bytes == 20);
        assert_eq!(one.bytes_written(&pair.lp), TOO_MUCH as u64 + 43);
        assert_eq!(one.write_queue_size(&pair.lp), waiting + 43);
        assert_eq!(pair.lp.requests(), 5);
        assert!(seen.is_empty(), "told from inside a call");
        let (data, _) = keep(&mut pair.lp, other);
        pair.until_read(other, TOO_MUCH + 43);
        until(&mut pair.lp, |_| seen.len() == 5);
        let names: Vec<_> = seen.all().into_iter().collect();
        let expected = ["large", "empty", "many", "owned", "texts"];
        assert_eq!(names, expected.map(|name| (name, Ok(()))));
        let mut all = large;
        all.extend([b'a'; 20]);
        all.extend(b"end");
        all.extend([0xfc; 20]);
        assert!(data.all() == all, "something else arrived");
        assert_eq!(one.write_queue_size(&pair.lp), 0);
    });
}

/// Of more pieces than go into one call, those behind are not lost.
#[test]
fn pieces_that_are_sent_in_part() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let piece: Vec<u8> = (0..10_000).map(|i| (i % 251) as u8).collect();
        let pieces = vec![IoSlice::new(&piece); 400];
        let record = seen.clone();
        let lent = one.write(&mut pair.lp, &pieces, move |_, _, status| {
            record.add(("lent", status));
        });
        assert!(lent.is_async && lent.bytes == 4_000_000);
        let chunks = vec![Chunk::Bytes(Bytes::from(piece.clone())); 400];
        let record = seen.clone();
        let owned = one.writev(&mut pair.lp, &chunks, move |_, _, status| {
            record.add(("owned", status));
        });
        assert!(owned.is_async && owned.bytes == 4_000_000);
        let (data, _) = keep(&mut pair.lp, other);
        pair.until_read(other, 8_000_000);
        until(&mut pair.lp, |_| seen.len() == 2);
        assert!(data.all() == piece.repeat(800), "something else arrived");
    });
}

/// A shutdown that begins ends later, never at once, after the writes; and only one begins.
#[test]
fn shutdown_is_always_asynchronous() {
    over_both(|pair| {
        let one = pair.one;
        let seen = Seen::new();
        assert_eq!(shutdown(&mut pair.lp, one, &seen), Ok(()));
        assert!(seen.is_empty(), "told from inside a call");
        assert_eq!(shutdown(&mut pair.lp, one, &seen), Err(Errno::ENOTCONN));
        // It is over before what the same turn checks: in the pending phase.
        let check = uvox_loop::Check::new(&mut pair.lp);
        let record = seen.clone();
        check
            .start(&mut pair.lp, move |cx, check| {
                record.add(("check", Ok(())));
                cx.close(check, |_| ()).unwrap();
            })
            .unwrap();
        pair.lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.all(), [("shutdown", Ok(())), ("check", Ok(()))]);
        assert_eq!(shutdown(&mut pair.lp, one, &seen), Err(Errno::ENOTCONN));
        let late = write(&mut pair.lp, one, b"late", "late", &seen);
        assert_eq!(late.err, Some(Errno::EPIPE));
        assert!(!late.is_async && late.wrap.is_none());
        assert_eq!(late.bytes, 4);
    });
}

/// A read that was started goes on; starting it again is refused.
#[test]
fn starting_twice() {
    over_both(|pair| {
        let other: StreamBase = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        assert_eq!(other.read_start(&mut pair.lp), Err(Errno::EALREADY));
        assert_eq!(other.read_stop(&mut pair.lp), Ok(()));
        assert_eq!(other.read_stop(&mut pair.lp), Ok(()));
        let seen = Seen::new();
        let _ = write(&mut pair.lp, pair.one, b"x", "x", &seen);
        pair.lp.run(RunMode::NoWait).unwrap();
        assert!(data.is_empty(), "read while it was stopped");
        assert_eq!(other.read_start(&mut pair.lp), Ok(()));
        pair.until_read(other, 1);
        assert_eq!(data.all(), b"x");
    });
}
