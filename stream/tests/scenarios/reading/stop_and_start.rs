//! Reading stops at once, also from the callback, and goes on where it stopped; and what is no time to start reading is refused.

use std::io::Write;

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_and_peer, unconnected, until};

#[test]
fn stop_in_the_callback_and_start_again() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        peer.write_all(b"abcdef").unwrap();
        let seen = Seen::new();
        for letter in *b"abcdef" {
            let got = seen.clone();
            stream
                .read_start_into(
                    &mut lp,
                    |_, _, _| Some(vec![0; 1]),
                    move |cx, stream, buffer, count| {
                        assert_eq!(count, Ok(1));
                        got.add(buffer[0]);
                        stream.read_stop(cx).unwrap();
                        assert!(!stream.is_reading(cx));
                    },
                )
                .unwrap();
            assert!(lp.is_active(stream));
            until(&mut lp, |_| seen.all().last() == Some(&letter));
            assert!(!lp.is_active(stream));
            // More is there, and nobody wants it: there is nothing to run for.
            assert!(!lp.run(RunMode::NoWait).unwrap());
            stream.read_stop(&mut lp).unwrap();
        }
        assert_eq!(seen.all(), b"abcdef");
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn stop_and_start_with_another_callback_inside_the_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        peer.write_all(b"one").unwrap();
        let seen = Seen::new();
        let (first, second) = (seen.clone(), seen.clone());
        stream
            .read_start(&mut lp, move |cx, stream, got| {
                first.add(("first", got.unwrap().to_vec()));
                stream.read_stop(cx).unwrap();
                let second = second.clone();
                stream
                    .read_start(cx, move |_, _, got| {
                        second.add(("second", got.unwrap().to_vec()));
                    })
                    .unwrap();
            })
            .unwrap();
        until(&mut lp, |_| seen.len() == 1);
        peer.write_all(b"two").unwrap();
        until(&mut lp, |_| seen.len() == 2);
        let expected = [("first", b"one".to_vec()), ("second", b"two".to_vec())];
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn no_time_to_start() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, _peer) = stream_and_peer(&mut lp);
        assert!(stream.is_readable(&lp) && !stream.is_reading(&lp));
        stream.read_start(&mut lp, |_, _, _| ()).unwrap();
        assert!(stream.is_reading(&lp));
        let twice = stream.read_start(&mut lp, |_, _, _| ());
        assert_eq!(twice, Err(Errno::EALREADY));
        let twice = stream.read_start_into(&mut lp, |_, _, _| Some(vec![0]), |_, _, _, _| ());
        assert_eq!(twice, Err(Errno::EALREADY));
        lp.close(stream, |_| ()).unwrap();
        assert!(!stream.is_reading(&lp) && !stream.is_readable(&lp));
        let closing = stream.read_start(&mut lp, |_, _, _| ());
        assert_eq!(closing, Err(Errno::EINVAL));
        stream.read_stop(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let stale = stream.read_start(&mut lp, |_, _, _| ());
        assert_eq!(stale, Err(Errno::EBADF));
        assert_eq!(stream.read_stop(&mut lp), Err(Errno::EBADF));

        let stream = unconnected(&mut lp);
        let early = stream.read_start(&mut lp, |_, _, _| ());
        assert_eq!(early, Err(Errno::ENOTCONN));
        assert_eq!(stream.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EBADF));
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EBADF));
        assert_eq!(stream.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        close_and_end(lp, &[stream]);
    });
}
