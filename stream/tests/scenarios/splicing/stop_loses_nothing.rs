//! Stopped in the middle, and started again, with the same sink or another reader: all arrives, in order.

use std::io::Write;
use std::net::TcpStream;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::uv::{SpliceEnd, Stream};

use super::{Both, Tcp, ended, flood_all, pattern, read_all, read_now};
use crate::common::{Seen, close_and_end, scenario, until};

type Stop = fn(Stream, &mut uvox_loop::Ctx) -> Result<(), Errno>;

const STOPS: [Stop; 2] = [Stream::splice_stop, Stream::read_stop];

#[test]
fn stopped_while_idle() {
    scenario(|| {
        for stop in STOPS {
            let mut lp = Loop::new().unwrap();
            let both: Tcp = Both::new(&mut lp);
            let seen = both.splice(&mut lp);
            let Both {
                source,
                sink,
                mut from,
                mut to,
            } = both;
            from.write_all(b"one").unwrap();
            assert_eq!(read_all(&mut lp, &mut to, 3), b"one");
            stop(source, &mut lp).unwrap();
            assert!(!source.is_splicing(&lp) && !lp.is_active(source));
            assert!(seen.is_empty(), "told from inside a call");
            from.write_all(b"two").unwrap();
            // The loop has nothing else to do.
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [ended(SpliceEnd::Stopped, 3)]);
            stop(source, &mut lp).unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.len(), 1);
            assert_eq!(read_now(&mut to), b"");

            let seen = Both::<TcpStream, TcpStream> {
                source,
                sink,
                from,
                to,
            }
            .spliced_again(&mut lp);
            assert_eq!(seen, b"two");
            close_and_end(lp, &[source, sink]);
        }
    });
}

impl Tcp {
    fn spliced_again(mut self, lp: &mut Loop) -> Vec<u8> {
        let seen = self.splice(lp);
        let got = read_all(lp, &mut self.to, 3);
        drop(self.from);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, 3)]);
        got
    }
}

/// What was taken still goes to the sink; the rest to a reader, who may start at once.
#[test]
fn stopped_on_the_way() {
    scenario(|| {
        for stop in STOPS {
            let mut lp = Loop::new().unwrap();
            let both: Tcp = Both::new(&mut lp);
            let seen = both.splice(&mut lp);
            let Both {
                source,
                sink,
                mut from,
                mut to,
            } = both;
            let sent = flood_all(&mut lp, &mut from, move |cx| {
                sink.splice_counts(cx).unwrap().given
            });
            let counts = sink.splice_counts(&lp).unwrap();
            assert!(counts.taken > counts.given, "nothing is on the way");
            stop(source, &mut lp).unwrap();
            let read = Seen::new();
            let record = read.clone();
            source
                .read_start(&mut lp, move |_, _, got| {
                    record.add(got.map(<[u8]>::to_vec));
                })
                .unwrap();
            drop(from);
            until(&mut lp, |_| read.all().contains(&Err(Errno::EOF)));
            assert!(seen.is_empty() && lp.alive(), "some is on its way");
            let taken = counts.taken as usize;
            assert!(read_all(&mut lp, &mut to, taken) == pattern(0..taken));
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [ended(SpliceEnd::Stopped, taken)]);
            let left: Vec<u8> = read.all().into_iter().flatten().flatten().collect();
            assert!(left == pattern(taken..sent));
            close_and_end(lp, &[source, sink]);
        }
    });
}

/// From sink to sink and back, a piece each; started in the callback that says that the last one is over.
#[test]
fn started_and_stopped_again_and_again() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let one: Tcp = Both::new(&mut lp);
        let two: Tcp = Both::new(&mut lp);
        let Both {
            source, mut from, ..
        } = one;
        let sinks = [one.sink, two.sink];
        let mut peers = [one.to, two.to];
        let ends = Seen::new();
        for round in 0..20 {
            let (sink, record) = (sinks[round % 2], ends.clone());
            source
                .splice_to(&mut lp, sink, move |_, _, spliced| record.add(spliced))
                .unwrap();
            let piece = pattern(round * 1000..(round + 1) * 1000);
            from.write_all(&piece).unwrap();
            assert_eq!(read_all(&mut lp, &mut peers[round % 2], 1000), piece);
            source.splice_stop(&mut lp).unwrap();
            if round % 3 == 0 {
                until(&mut lp, |_| ends.len() == round + 1);
            }
        }
        until(&mut lp, |_| ends.len() == 20);
        assert!(
            ends.all()
                .iter()
                .all(|end| *end == ended(SpliceEnd::Stopped, 1000))
        );
        close_and_end(lp, &[source, sinks[0], sinks[1], two.source]);
    });
}

/// A splice on a stream that does not count does not keep the loop, unless something is on its way.
#[test]
fn an_unreferenced_source() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let seen = both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            mut to,
        } = both;
        lp.unref(source).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        lp.ref_(source).unwrap();
        let sent = flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        lp.unref(source).unwrap();
        assert!(lp.alive(), "some is on its way");
        let mut got = Vec::new();
        while lp.alive() {
            got.extend(read_now(&mut to));
            lp.run(RunMode::NoWait).unwrap();
        }
        lp.ref_(source).unwrap();
        let left = sent - got.len();
        got.extend(read_all(&mut lp, &mut to, left));
        assert!(got == pattern(0..sent));
        assert!(seen.is_empty());
        close_and_end(lp, &[source, sink]);
    });
}
