//! Much data goes there and back through a stream base that stops reading while it cannot write. It comes back whole and in order.

use std::cell::Cell;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::io::IoSlice;
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno};
use uvox_stream::node::StreamBase;

use super::common::{Pair, Seen, over_both, shutdown, until};

const TOTAL: usize = 16 << 20;
const PIECE: usize = 100_000;

/// Some bytes of a long sequence without a short period.
fn piece(from: usize) -> Vec<u8> {
    let until = (from + PIECE).min(TOTAL);
    (from..until).map(|i| ((i * 31) >> 7) as u8).collect()
}

/// Sends the sequence, piece by piece, each when the one before is over; then the end.
fn send_from(cx: &mut Ctx, base: StreamBase, mut from: usize) {
    while from < TOTAL {
        let piece = piece(from);
        from += piece.len();
        let written = base.write_bytes(cx, Bytes::from(piece), move |cx, base, status| {
            assert_eq!(status, Ok(()));
            send_from(cx, base, from);
        });
        assert_eq!(written.err, None);
        if written.is_async {
            return;
        }
    }
    base.shutdown(cx, |_, _, status| assert_eq!(status, Ok(())))
        .unwrap();
}

/// Writes back what is read. While that does not go out, nothing is read.
fn echo(cx: &mut Ctx, base: StreamBase, paused: Rc<Cell<u32>>) {
    base.set_on_read(cx, move |cx, base, read| match read {
        Ok(bytes) => {
            let written = base.write(cx, &[IoSlice::new(bytes)], |cx, base, status| {
                assert_eq!(status, Ok(()));
                base.read_start(cx).unwrap();
            });
            assert_eq!(written.err, None);
            if written.is_async {
                paused.set(paused.get() + 1);
                base.read_stop(cx).unwrap();
            }
        }
        Err(errno) => {
            assert_eq!(errno, Errno::EOF);
            shutdown(cx, base, &Seen::new()).unwrap();
        }
    });
    base.read_start(cx).unwrap();
}

fn hash(parts: impl Iterator<Item = Vec<u8>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.for_each(|part| part.iter().for_each(|byte| hasher.write_u8(*byte)));
    hasher.finish()
}

#[test]
fn echo_with_back_pressure() {
    over_both(|pair: &mut Pair| {
        let (one, other) = (pair.one, pair.other);
        let paused = Rc::new(Cell::new(0));
        echo(&mut pair.lp, other, paused.clone());
        let back = Rc::new(Cell::new((DefaultHasher::new(), false)));
        let got = back.clone();
        one.set_on_read(&mut pair.lp, move |_, _, read| {
            let (mut hasher, _) = got.take();
            match read {
                Ok(bytes) => {
                    bytes.iter().for_each(|byte| hasher.write_u8(*byte));
                    got.set((hasher, false));
                }
                Err(errno) => {
                    assert_eq!(errno, Errno::EOF);
                    got.set((hasher, true));
                }
            }
        });
        one.read_start(&mut pair.lp).unwrap();
        send_from(&mut pair.lp, one, 0);
        let is_over = || {
            let (hasher, over) = back.take();
            back.set((hasher, over));
            over
        };
        until(&mut pair.lp, |_| is_over());
        assert_eq!(one.bytes_read(&pair.lp), TOTAL as u64);
        let sent = hash((0..TOTAL).step_by(PIECE).map(piece));
        assert_eq!(back.take().0.finish(), sent, "something else came back");
        assert!(paused.get() > 0, "there was room all the time");
    });
}
