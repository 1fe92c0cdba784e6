//! Each direction ends by itself: whoever ends first still reads what the other sends, and the other sends it still.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, connected, hosts, scenario};

const BYTES: usize = 1 << 20;

/// Counts what comes, and notes the end.
fn count(lp: &mut Loop, tcp: Tcp, what: &'static str, seen: &Seen<(&'static str, usize)>) {
    let record = seen.clone();
    let mut total = 0;
    tcp.read_start(lp, move |_, _, data| match data {
        Ok(bytes) => total += bytes.len(),
        Err(errno) => {
            assert_eq!(errno, Errno::EOF);
            record.add((what, total));
        }
    })
    .unwrap();
}

#[test]
fn both_ways() {
    scenario(|| {
        for host in hosts() {
            for accepted_ends_first in [false, true] {
                let mut lp = Loop::new().unwrap();
                let (mut first, mut second) = connected(&mut lp, host);
                if accepted_ends_first {
                    (first, second) = (second, first);
                }
                let seen = Seen::new();
                count(&mut lp, second, "second", &seen);
                first
                    .shutdown(&mut lp, |_, _, result| result.unwrap())
                    .unwrap();
                // The end has come, and nobody has ended anything else.
                assert!(!lp.run(RunMode::Default).unwrap());
                assert_eq!(seen.take(), [("second", 0)]);
                assert!(!first.is_writable(&lp) && first.is_readable(&lp));
                assert!(second.is_writable(&lp));
                let refused = first.write(&mut lp, b"x", |_, _, _| ());
                assert_eq!(refused.err(), Some(Errno::EPIPE));

                count(&mut lp, first, "first", &seen);
                second
                    .write(&mut lp, &[7; BYTES], |_, _, written| {
                        assert_eq!((written.status, written.bytes), (Ok(()), BYTES));
                    })
                    .unwrap();
                second
                    .shutdown(&mut lp, |_, _, result| result.unwrap())
                    .unwrap();
                assert!(!lp.run(RunMode::Default).unwrap());
                assert_eq!(seen.all(), [("first", BYTES)]);
                close_and_end(lp, &[first, second]);
            }
        }
    });
}

/// The end arrives while much is still queued the other way: all of it arrives.
#[test]
fn the_end_does_not_stop_what_is_queued() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            let seen = Seen::new();
            count(&mut lp, ours, "ours", &seen);
            count(&mut lp, theirs, "theirs", &seen);
            let many = vec![1; 16 << 20];
            ours.write(&mut lp, &many, |_, ours, written| {
                assert_eq!(written.status, Ok(()), "{ours:?}");
            })
            .unwrap();
            assert!(ours.write_queue_size(&lp) > 0);
            theirs
                .shutdown(&mut lp, |_, _, result| result.unwrap())
                .unwrap();
            ours.shutdown(&mut lp, |_, _, result| result.unwrap())
                .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [("ours", 0), ("theirs", many.len())]);
            close_and_end(lp, &[ours, theirs]);
        }
    });
}
