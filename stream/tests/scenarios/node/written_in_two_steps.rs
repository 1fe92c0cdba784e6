//! A write that is begun, and ended only if it is not over, comes to the same as one that is made in one step.

use bytes::Bytes;
use uvox_loop::Errno;
use uvox_stream::node::{Encoding, HandleWrap, Piece, StreamBase};

use super::common::{Pair, Seen, TOO_MUCH, keep, over_both, shutdown, text, until};

#[test]
fn what_goes_out_whole_is_over() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let (data, _) = keep(&mut pair.lp, other);
        let writes = [&b"one"[..], b"", b" two"];
        let over = writes.map(|bytes| one.begin_write(&mut pair.lp, bytes).is_ok());
        assert_eq!(over, [true; 3]);
        assert_eq!((one.bytes_written(&pair.lp), pair.lp.requests()), (7, 0));
        pair.until_read(other, 7);
        assert_eq!(data.all(), b"one two");
    });
}

/// Of each sort of piece the rest is queued, whether a part of it went out, nothing, or nothing was tried.
#[test]
fn the_rest_is_queued_in_order() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let large: Vec<u8> = (0..TOO_MUCH).map(|i| i as u8).collect();
        let long = text(100);
        let writes = [
            ("large", &large[..], Piece::Lent(&large)),
            ("own", b"own", Piece::Own(Bytes::from_static(b"own"))),
            ("text", long.as_bytes(), Piece::Text(&long)),
        ];
        for (name, bytes, piece) in writes {
            let unended = one.begin_write(&mut pair.lp, bytes).unwrap_err();
            let record = seen.clone();
            let result = one.end_write(&mut pair.lp, unended, piece, move |_, _, status| {
                record.add((name, status));
            });
            assert!(result.is_async && result.err.is_none());
            assert_eq!(result.bytes, bytes.len());
        }
        assert_eq!(one.bytes_written(&pair.lp), TOO_MUCH as u64 + 103);
        assert_eq!(pair.lp.requests(), 3);
        let (data, _) = keep(&mut pair.lp, other);
        pair.until_read(other, TOO_MUCH + 103);
        until(&mut pair.lp, |_| seen.len() == 3);
        assert_eq!(
            seen.all(),
            ["large", "own", "text"].map(|name| (name, Ok(())))
        );
        let mut all = large;
        all.extend(b"own");
        all.extend(long.as_bytes());
        assert!(data.all() == all, "something else arrived");
    });
}

/// A short text that fails at once is not counted; a long one is, and bytes.
#[test]
fn what_fails_at_once_is_counted_as_ever() {
    over_both(|pair| {
        let (one, seen) = (pair.one, Seen::new());
        shutdown(&mut pair.lp, one, &seen).unwrap();
        until(&mut pair.lp, |_| seen.len() == 1);
        let (short, long) = (text(10), text(20_000));
        let writes = [
            (&b"bytes"[..], Piece::Lent(b"bytes")),
            (b"own", Piece::Own(Bytes::from_static(b"own"))),
            (short.as_bytes(), Piece::Text(&short)),
            (long.as_bytes(), Piece::Text(&long)),
        ];
        let counts = writes.map(|(bytes, piece)| {
            let before = one.bytes_written(&pair.lp);
            let in_two = begin_and_end(pair, one, bytes, piece.clone());
            let between = one.bytes_written(&pair.lp);
            let never = |_: &mut _, _, _| panic!("a write that failed at once called back");
            let in_one = match piece {
                Piece::Lent(bytes) => {
                    let pieces = [std::io::IoSlice::new(bytes)];
                    one.write(&mut pair.lp, &pieces, never)
                }
                Piece::Own(bytes) => one.write_bytes(&mut pair.lp, bytes, never),
                Piece::Text(text) => one.write_string(&mut pair.lp, text, Encoding::Utf8, never),
            };
            assert_eq!(
                (in_two, in_one.err),
                (Some(Errno::EPIPE), Some(Errno::EPIPE))
            );
            let after = one.bytes_written(&pair.lp);
            assert_eq!(between - before, after - between);
            between - before
        });
        assert_eq!(counts, [5, 3, 0, 20_000]);
    });
}

#[test]
fn a_stream_that_is_gone() {
    over_both(|pair| {
        let one = pair.one;
        one.close(&mut pair.lp, |_| ());
        until(&mut pair.lp, |cx| one.handle(cx).is_none());
        let error = begin_and_end(pair, one, b"late", Piece::Lent(b"late"));
        assert_eq!(error, Some(Errno::EBADF));
    });
}

/// Both steps of a write that fails at once; why it does.
fn begin_and_end(
    pair: &mut Pair,
    base: StreamBase,
    bytes: &[u8],
    piece: Piece<'_>,
) -> Option<Errno> {
    let unended = base.begin_write(&mut pair.lp, bytes).unwrap_err();
    let result = base.end_write(&mut pair.lp, unended, piece, |_, _, _| {
        panic!("a write that failed at once called back")
    });
    assert!(!result.is_async);
    result.err
}
