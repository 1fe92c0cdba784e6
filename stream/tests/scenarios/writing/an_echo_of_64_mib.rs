//! 64 MiB through one loop, there and back again: more than the kernel takes at any time.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::uv::Stream;

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair};

const TOTAL: usize = 64 << 20;
const PIECE: usize = 1 << 20;

/// The byte that stands at a place; no two neighbouring stretches are alike.
fn byte_at(place: usize) -> u8 {
    (place ^ (place >> 8) ^ (place >> 16)) as u8
}

/// How far a reader has come, which compares what it reads with what should stand there.
#[derive(Clone, Default)]
struct Place(Rc<Cell<usize>>);

impl Place {
    fn check(&self, bytes: &[u8]) {
        let from = self.0.get();
        let same = |(i, byte): (usize, &u8)| *byte == byte_at(from + i);
        assert!(bytes.iter().enumerate().all(same), "behind {from}");
        self.0.set(from + bytes.len());
    }
}

fn two_ends(lp: &mut Loop) -> (Stream, Stream) {
    let (one, other) = tcp_pair();
    (stream_on(lp, one), stream_on(lp, other))
}

fn write_all(lp: &mut Loop, stream: Stream, seen: &Seen<usize>) {
    for from in (0..TOTAL).step_by(PIECE) {
        let bytes: Vec<u8> = (from..from + PIECE).map(byte_at).collect();
        let seen = seen.clone();
        stream
            .write_bytes(lp, [Bytes::from(bytes)], move |_, _, written| {
                assert_eq!((written.status, written.bytes), (Ok(()), PIECE));
                seen.add(from);
            })
            .unwrap();
    }
}

#[test]
fn an_echo_of_64_mib() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (client, server) = two_ends(&mut lp);
        server
            .read_start(&mut lp, |cx, stream, got| match got {
                Ok(bytes) => drop(stream.write(cx, bytes, |_, _, written| {
                    assert_eq!(written.status, Ok(()));
                })),
                Err(errno) => {
                    assert_eq!(errno, Errno::EOF);
                    stream.shutdown(cx, |_, _, result| result.unwrap()).unwrap();
                }
            })
            .unwrap();
        let place = Place::default();
        let (checked, ended) = (place.clone(), Rc::new(Cell::new(false)));
        let end = ended.clone();
        client
            .read_start(&mut lp, move |_, _, got| match got {
                Ok(bytes) => checked.check(bytes),
                Err(errno) => {
                    assert_eq!(errno, Errno::EOF);
                    end.set(true);
                }
            })
            .unwrap();
        let written = Seen::new();
        write_all(&mut lp, client, &written);
        client
            .shutdown(&mut lp, |_, _, result| result.unwrap())
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(ended.get());
        assert_eq!(place.0.get(), TOTAL);
        assert!(written.all().is_sorted() && written.len() == TOTAL / PIECE);
        close_and_end(lp, &[client, server]);
    });
}
