//! Two writes, a shutdown and a close in one callback: what the kernel took is gone to the peer, with its end behind it, and every request is told of,
//! in order, in one closing phase.

use std::io::{Read, Write};

use uvox_loop::{Errno, Loop, Phase, RunMode};

use crate::common::{Seen, end, scenario, stream_on, tcp_pair};

#[test]
fn everything_in_one_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |cx, stream, got| {
                assert_eq!(got, Ok(&b"go"[..]));
                for name in ["one", "two"] {
                    let record = record.clone();
                    stream
                        .write(cx, name.as_bytes(), move |cx, _, written| {
                            assert_eq!(cx.phase(), Phase::Closing);
                            record.add((name, written.status, written.bytes));
                        })
                        .unwrap();
                }
                let shut = record.clone();
                stream
                    .shutdown(cx, move |cx, _, result| {
                        assert_eq!(cx.phase(), Phase::Closing);
                        shut.add(("shutdown", result, 0));
                    })
                    .unwrap();
                let closed = record.clone();
                cx.close(stream, move |_| closed.add(("closed", Ok(()), 0)))
                    .unwrap();
                assert_eq!(record.len(), 0, "nothing is told inside a call");
            })
            .unwrap();
        peer.write_all(b"go").unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        // The kernel had taken both, so they are no failures; the shutdown was not come to.
        let expected = [
            ("one", Ok(()), 3),
            ("two", Ok(()), 3),
            ("shutdown", Err(Errno::ECANCELED), 0),
            ("closed", Ok(()), 0),
        ];
        assert_eq!(seen.all(), expected);
        let mut got = Vec::new();
        peer.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"onetwo");
        end(lp);
    });
}
