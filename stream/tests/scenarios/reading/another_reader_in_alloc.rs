//! While it is asked for a buffer, a reader gives way to one that has bytes lent to it: the new one gets what was read into the old one's buffer, and
//! nothing of the rest of it.

use std::io::Write;

use uvox_loop::Loop;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair, until};

#[test]
fn another_reader_in_alloc() {
    scenario(|| {
        for finds_nothing in [false, true] {
            let mut lp = Loop::new().unwrap();
            let (ours, mut peer) = tcp_pair();
            let stream = stream_on(&mut lp, ours);
            let seen = Seen::new();
            let record = seen.clone();
            let alloc = move |cx: &mut _, stream: uvox_stream::uv::Stream, _| {
                stream.read_stop(cx).unwrap();
                let record = record.clone();
                stream
                    .read_start(cx, move |_, _, got| record.add(got.map(<[u8]>::to_vec)))
                    .unwrap();
                Some(vec![b'?'; 100])
            };
            stream
                .read_start_into(&mut lp, alloc, |_, _, _, _| panic!("it was replaced"))
                .unwrap();
            let nothing = Fault::new("recv", 1, Effect::Fail(Errno::EAGAIN));
            let faults = fault::plan(finds_nothing.then_some(nothing));
            peer.write_all(b"abc").unwrap();
            until(&mut lp, |_| !seen.is_empty());
            assert_eq!(faults.left(), 0);
            if finds_nothing {
                assert_eq!(seen.take(), [Ok(Vec::new())]);
                // Makes the kernel speak again, which was not believed.
                peer.write_all(b"def").unwrap();
                until(&mut lp, |_| !seen.is_empty());
                assert_eq!(seen.all(), [Ok(b"abcdef".to_vec())]);
            } else {
                assert_eq!(seen.all(), [Ok(b"abc".to_vec())]);
            }
            lp.run(RunMode::NoWait).unwrap();
            close_and_end(lp, &[stream]);
        }
    });
}
