//! Much data goes there and back through a stream base that stops reading while it cannot write. It comes back whole and in order.

use std::cell::Cell;
use std::io::IoSlice;
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno};
use uvox_stream::node::StreamBase;

use super::common::{Pair, Seen, over_both, shutdown, until};

const TOTAL: usize = 32 << 20;
const PIECE: usize = 100_000;

/// A sequence of bytes that begins anew where no buffer does.
struct Sequence(Vec<u8>);

impl Sequence {
    const PERIOD: usize = 65_521;

    fn new() -> Sequence {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        Sequence((0..Sequence::PERIOD).map(|_| next()).collect())
    }

    /// The bytes between two places of it, in pieces.
    fn pieces(&self, from: usize, to: usize) -> impl Iterator<Item = &[u8]> {
        let mut from = from;
        std::iter::from_fn(move || {
            let at = from % Sequence::PERIOD;
            let length = (to - from).min(Sequence::PERIOD - at);
            from += length;
            (length > 0).then(|| &self.0[at..at + length])
        })
    }

    /// Whether these are the bytes from there on.
    fn has(&self, from: usize, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        self.pieces(from, from + bytes.len()).all(|piece| {
            let (same, more) = rest.split_at(piece.len());
            rest = more;
            same == piece
        })
    }
}

/// Sends the sequence, piece by piece, each when the one before is over; then the end.
fn send_from(cx: &mut Ctx, base: StreamBase, sequence: Rc<Sequence>, mut from: usize) {
    while from < TOTAL {
        let to = (from + PIECE).min(TOTAL);
        let bytes: Vec<u8> = sequence.pieces(from, to).flatten().copied().collect();
        from = to;
        let again = sequence.clone();
        let written = base.write_bytes(cx, Bytes::from(bytes), move |cx, base, status| {
            assert_eq!(status, Ok(()));
            send_from(cx, base, again, from);
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

#[test]
fn echo_with_back_pressure() {
    let sequence = Rc::new(Sequence::new());
    over_both(|pair: &mut Pair| {
        let (one, other) = (pair.one, pair.other);
        let paused = Rc::new(Cell::new(0));
        echo(&mut pair.lp, other, paused.clone());
        let expected = sequence.clone();
        let (mut came, is_over) = (0, Rc::new(Cell::new(false)));
        let over = is_over.clone();
        one.set_on_read(&mut pair.lp, move |_, _, read| match read {
            Ok(bytes) => {
                assert!(expected.has(came, bytes), "something else came back");
                came += bytes.len();
            }
            Err(errno) => {
                assert_eq!((errno, came), (Errno::EOF, TOTAL));
                over.set(true);
            }
        });
        // Nobody reads what comes back before there is no more room for it.
        send_from(&mut pair.lp, one, sequence.clone(), 0);
        until(&mut pair.lp, |_| paused.get() > 0);
        one.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| is_over.get());
        assert_eq!(one.bytes_read(&pair.lp), TOTAL as u64);
    });
}
