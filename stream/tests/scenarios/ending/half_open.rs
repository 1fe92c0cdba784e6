//! The end comes once, and each direction has its own: after the peer's end we can still write, after ours we can still read.

use std::io::{Read, Write};
use std::net::Shutdown;

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair};

#[test]
fn writing_after_the_peers_end() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        peer.write_all(b"last words").unwrap();
        peer.shutdown(Shutdown::Write).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |cx, stream, got| {
                assert_eq!(stream.is_reading(cx), got.is_ok());
                record.add(got.map(<[u8]>::to_vec));
            })
            .unwrap();
        // It ends by itself: nothing is read any more.
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Ok(b"last words".to_vec()), Err(Errno::EOF)]);
        assert!(!lp.is_active(stream) && stream.is_writable(&lp));

        let done = seen.clone();
        stream
            .write(&mut lp, b"answer", move |_, _, written| {
                done.add(written.status.map(|()| Vec::new()));
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 3, "the end came twice");
        assert_eq!(seen.all()[2], Ok(Vec::new()));
        let mut answer = [0; 6];
        peer.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"answer");

        // Who starts again is told again, once.
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |_, _, got| {
                record.add(got.map(<[u8]>::to_vec))
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all()[3..], [Err(Errno::EOF)]);
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn reading_after_our_end() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .shutdown(&mut lp, move |_, _, result| record.add(result))
            .unwrap();
        assert_eq!(seen.len(), 0, "told from inside a call");
        assert!(!stream.is_writable(&lp) && stream.is_readable(&lp));
        assert_eq!(stream.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        assert_eq!(stream.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EPIPE));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Ok(())]);
        assert_eq!(stream.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        assert_eq!(
            peer.read(&mut [0; 10]).unwrap(),
            0,
            "the peer finds our end"
        );

        peer.write_all(b"still here").unwrap();
        drop(peer);
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |_, _, got| {
                record.add(got.map(<[u8]>::to_vec))
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Ok(b"still here".to_vec()), Err(Errno::EOF)]);
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn a_shutdown_waits_for_the_queue_and_a_failing_one_is_told() {
    use uvox_loop::sys::fault::{self, Effect, Fault};
    scenario(|| {
        for errno in [None, Some(Errno::ENOTCONN), Some(Errno::EINTR)] {
            let mut lp = Loop::new().unwrap();
            let (ours, mut peer) = tcp_pair();
            let stream = stream_on(&mut lp, ours);
            let flood = vec![7; 1 << 24];
            let seen = Seen::new();
            let (written, shut) = (seen.clone(), seen.clone());
            stream
                .write(&mut lp, &flood, move |_, _, result| {
                    written.add(("written", result.status));
                })
                .unwrap();
            assert!(stream.write_queue_size(&lp) > 0);
            stream
                .shutdown(&mut lp, move |_, _, result| shut.add(("shut", result)))
                .unwrap();
            let reader = std::thread::spawn(move || {
                let mut got = vec![0; 1 << 24];
                peer.read_exact(&mut got).unwrap();
                (peer, got)
            });
            let fail = |errno| Fault::new("shutdown", 1, Effect::Fail(errno));
            let faults = fault::plan(errno.map(fail));
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(faults.left(), 0);
            // An interrupted call is made again.
            let shut = errno
                .filter(|errno| *errno != Errno::EINTR)
                .map_or(Ok(()), Err);
            assert_eq!(seen.all(), [("written", Ok(())), ("shut", shut)]);
            let (mut peer, got) = reader.join().unwrap();
            assert!(got == flood);
            if shut.is_ok() {
                assert_eq!(peer.read(&mut [0]).unwrap(), 0);
            }
            close_and_end(lp, &[stream]);
        }
    });
}
