//! How it ends: at the source's end, with a source or a sink that breaks off, with a sink that is shut down. It is told once, and with the side.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::uv::SpliceEnd;

use super::{Both, Tcp, ended, flood_all, pattern, read_all};
use crate::common::{Seen, close_and_end, scenario, until};

fn reset(peer: TcpStream) {
    SockRef::from(&peer)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(peer);
}

#[test]
fn the_end_comes_behind_the_last_byte_and_the_other_way_stays_open() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let Both {
            source,
            sink,
            mut from,
            mut to,
        } = Tcp::new(&mut lp);
        let seen = Seen::new();
        let record = seen.clone();
        source
            .splice_to(&mut lp, sink, move |cx, source, spliced| {
                assert!(!source.is_splicing(cx) && !cx.is_active(source));
                assert_eq!(sink.splice_counts(cx), None);
                assert_eq!(cx.phase(), uvox_loop::Phase::Poll);
                record.add(spliced);
                sink.shutdown(cx, |_, _, result| result.unwrap()).unwrap();
            })
            .unwrap();
        assert!(source.is_splicing(&lp) && lp.is_active(source));
        from.write_all(b"last words").unwrap();
        from.shutdown(Shutdown::Write).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, 10)]);
        let mut got = Vec::new();
        to.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"last words");

        // The other way.
        let back = Seen::new();
        let record = back.clone();
        sink.splice_to(&mut lp, source, move |_, _, spliced| record.add(spliced))
            .unwrap();
        to.write_all(b"answer").unwrap();
        drop(to);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(back.all(), [ended(SpliceEnd::Eof, 6)]);
        let mut got = [0; 6];
        from.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"answer");

        // The end is there still, for whoever reads.
        let again = Seen::new();
        let record = again.clone();
        source
            .read_start(&mut lp, move |_, _, got| record.add(got.map(<[u8]>::len)))
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(again.all(), [Err(Errno::EOF)]);
        close_and_end(lp, &[source, sink]);
    });
}

#[test]
fn the_end_waits_for_a_sink_without_room() {
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
        let sent = flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        drop(from);
        for _ in 0..20 {
            lp.run(RunMode::NoWait).unwrap();
        }
        assert!(seen.is_empty() && lp.alive());
        assert!(read_all(&mut lp, &mut to, sent) == pattern(0..sent));
        until(&mut lp, |_| !seen.is_empty());
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, sent)]);
        close_and_end(lp, &[source, sink]);
    });
}

#[test]
fn a_source_that_is_reset() {
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
        from.write_all(b"before").unwrap();
        assert_eq!(read_all(&mut lp, &mut to, 6), b"before");
        reset(from);
        assert!(!lp.run(RunMode::Default).unwrap());
        let end = SpliceEnd::Source(Errno::ECONNRESET);
        assert_eq!(seen.all(), [ended(end, 6)]);
        assert!(!source.is_readable(&lp) && !source.is_writable(&lp));
        assert!(sink.is_readable(&lp) && sink.is_writable(&lp));
        sink.write(&mut lp, b"after", |_, _, written| {
            assert_eq!(written.status, Ok(()));
        })
        .unwrap();
        assert_eq!(read_all(&mut lp, &mut to, 5), b"after");
        close_and_end(lp, &[source, sink]);
    });
}

/// What the sink did not get is handed out, and the source has the rest: together it is all there is.
#[test]
fn a_sink_that_is_reset_in_the_middle() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let seen = both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            to,
        } = both;
        let sent = flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        reset(to);
        until(&mut lp, |_| !seen.is_empty());
        let spliced = seen.all().remove(0);
        let SpliceEnd::Sink(errno) = spliced.end else {
            panic!("{:?}", spliced.end);
        };
        assert!(
            [Errno::ECONNRESET, Errno::EPIPE].contains(&errno),
            "{errno}"
        );
        assert!(source.is_readable(&lp) && !lp.is_active(source));
        drop(from);
        let got = Seen::new();
        let record = got.clone();
        source
            .read_start(&mut lp, move |_, _, read| {
                record.add(read.map(<[u8]>::to_vec));
            })
            .unwrap();
        until(&mut lp, |_| got.all().contains(&Err(Errno::EOF)));
        let left: Vec<u8> = got.all().into_iter().flatten().flatten().collect();
        let given = spliced.bytes as usize;
        assert!(spliced.rest == pattern(given..given + spliced.rest.len()));
        assert!(left == pattern(given + spliced.rest.len()..sent));
        assert_eq!(seen.len(), 1);
        close_and_end(lp, &[source, sink]);
    });
}

#[test]
fn a_sink_that_is_shut_down() {
    scenario(|| {
        for full in [false, true] {
            let mut lp = Loop::new().unwrap();
            let both: Tcp = Both::new(&mut lp);
            let seen = both.splice(&mut lp);
            let Both {
                source,
                sink,
                mut from,
                mut to,
            } = both;
            let sent = if full {
                flood_all(&mut lp, &mut from, move |cx| {
                    sink.splice_counts(cx).unwrap().given
                })
            } else {
                0
            };
            let shut = Seen::new();
            let record = shut.clone();
            sink.shutdown(&mut lp, move |_, _, result| record.add(result))
                .unwrap();
            assert!(seen.is_empty() && shut.is_empty());
            // What was taken arrives before the end.
            let taken = sink.splice_counts(&lp).unwrap().taken as usize;
            assert!(read_all(&mut lp, &mut to, taken) == pattern(0..taken));
            until(&mut lp, |_| !seen.is_empty() && !shut.is_empty());
            let end = SpliceEnd::Sink(Errno::EPIPE);
            assert_eq!(seen.all(), [ended(end, taken)]);
            assert_eq!(shut.all(), [Ok(())]);
            let mut more = Vec::new();
            to.set_nonblocking(false).unwrap();
            to.read_to_end(&mut more).unwrap();
            assert_eq!(more, b"");
            // The rest is with the source.
            drop(from);
            let left = Seen::new();
            let record = left.clone();
            source
                .read_start(&mut lp, move |_, _, read| {
                    record.add(Bytes::copy_from_slice(read.unwrap_or_default()));
                })
                .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert!(left.all().concat() == pattern(taken..sent));
            close_and_end(lp, &[source, sink]);
        }
    });
}
