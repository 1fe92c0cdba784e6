//! The peer breaks the connection off while a write is queued: the write that is at the head hears why, those behind it of the close, and
//! so does the reader.

use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;
use uvox_loop::{Errno, Loop};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair, until};

fn reset(peer: TcpStream) {
    SockRef::from(&peer)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(peer);
}

#[test]
fn reset_in_the_middle_of_a_queued_write() {
    scenario(|| {
        for reading in [false, true] {
            let mut lp = Loop::new().unwrap();
            let (ours, peer) = tcp_pair();
            let stream = stream_on(&mut lp, ours);
            let seen = Seen::new();
            let flood = vec![0; 1 << 25];
            for number in 0..3 {
                let seen = seen.clone();
                stream
                    .write(&mut lp, &flood, move |_, _, written| {
                        seen.add((number, written.status, written.bytes < 1 << 25));
                    })
                    .unwrap();
            }
            let read = Seen::new();
            if reading {
                let read = read.clone();
                stream
                    .read_start(&mut lp, move |_, _, got| read.add(got.map(<[u8]>::len)))
                    .unwrap();
            }
            assert!(stream.write_queue_size(&lp) > 2 << 25);
            reset(peer);
            until(&mut lp, |_| !seen.is_empty());
            let (number, status, in_part) = seen.all()[0];
            assert!(number == 0 && in_part);
            if reading {
                // The error is told once: to the reader, who comes first.
                assert_eq!(read.all(), [Err(Errno::ECONNRESET)]);
                assert_eq!(status, Err(Errno::EPIPE));
                assert!(!stream.is_reading(&lp) && !stream.is_readable(&lp));
                let refused = stream.write(&mut lp, b"x", |_, _, _| ());
                assert_eq!(refused, Err(Errno::EPIPE));
                let refused = stream.read_start(&mut lp, |_, _, _| ());
                assert_eq!(refused, Err(Errno::ENOTCONN));
            } else {
                assert!(matches!(status, Err(Errno::ECONNRESET | Errno::EPIPE)));
            }
            assert_eq!(seen.len(), 1, "those behind it wait for the close");
            let closed = seen.clone();
            lp.close(stream, move |_| closed.add((9, Ok(()), false)))
                .unwrap();
            until(&mut lp, |_| seen.len() == 4);
            let cancelled = Err(Errno::ECANCELED);
            let expected = [
                (1, cancelled, true),
                (2, cancelled, true),
                (9, Ok(()), false),
            ];
            assert_eq!(seen.all()[1..], expected);
            close_and_end(lp, &[]);
        }
    });
}
