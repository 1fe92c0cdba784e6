//! A stream is closed with writes queued and a shutdown behind them: each is told of it, in order and with what was sent of it, then the
//! close callback comes, all in one closing phase.

use uvox_loop::{Errno, Loop, Phase, RunMode};

use crate::common::{Seen, drain, end, scenario, stream_and_peer};

#[test]
fn close_with_everything_pending() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let seen = Seen::new();
        let mut turns = Vec::new();
        for number in 0..4 {
            let seen = seen.clone();
            let write = stream
                .write(
                    &mut lp,
                    &vec![number; 1 << 21],
                    move |cx, stream, written| {
                        assert_eq!(cx.phase(), Phase::Closing);
                        // Nothing can be started any more.
                        assert_eq!(stream.write(cx, b"x", |_, _, _| ()), Err(Errno::EBADF));
                        assert_eq!(stream.try_write(cx, b"x"), Err(Errno::EBADF));
                        assert_eq!(stream.shutdown(cx, |_, _, _| ()), Err(Errno::ENOTCONN));
                        let started = stream.read_start(cx, |_, _, _| ());
                        assert_eq!(started, Err(Errno::EINVAL));
                        seen.add(("write", written.status, written.bytes));
                    },
                )
                .unwrap();
            turns.push(write);
        }
        let shut = seen.clone();
        stream
            .shutdown(&mut lp, move |cx, _, result| {
                assert_eq!(cx.phase(), Phase::Closing);
                shut.add(("shutdown", result, 0));
            })
            .unwrap();
        assert_eq!(lp.requests(), 5);
        let closed = seen.clone();
        lp.close(stream, move |cx| {
            assert_eq!(cx.requests(), 0);
            closed.add(("close", Ok(()), 0));
        })
        .unwrap();
        assert_eq!(turns[3].cancel(&mut lp), Err(Errno::EINVAL));
        assert_eq!(seen.len(), 0, "a callback was called from inside a call");
        lp.run(RunMode::NoWait).unwrap();
        let sent = drain(&mut peer).len();
        assert!(sent > 0 && sent < 1 << 21, "{sent} of the first were sent");
        let cancelled = Err(Errno::ECANCELED);
        let expected = [
            ("write", cancelled, sent),
            ("write", cancelled, 0),
            ("write", cancelled, 0),
            ("write", cancelled, 0),
            ("shutdown", cancelled, 0),
            ("close", Ok(()), 0),
        ];
        assert_eq!(seen.all(), expected);
        assert_eq!(turns[0].cancel(&mut lp), Err(Errno::EBADF));
        end(lp);
    });
}

/// A shutdown that was due is cancelled, too, in its place.
#[test]
fn close_in_a_read_callback_cancels_the_shutdown_in_the_closing_phase() {
    use std::io::Write;
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let seen = Seen::new();
        peer.write_all(b"x").unwrap();
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |cx, stream, _| {
                let (written, shut, closed) = (record.clone(), record.clone(), record.clone());
                // The kernel takes this at once: it is done, and told of when its time comes.
                stream
                    .write(cx, b"y", move |cx, _, result| {
                        written.add(("write", cx.phase(), result.status));
                    })
                    .unwrap();
                stream
                    .shutdown(cx, move |cx, _, result| {
                        shut.add(("shutdown", cx.phase(), result));
                    })
                    .unwrap();
                cx.close(stream, move |cx| closed.add(("close", cx.phase(), Ok(()))))
                    .unwrap();
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [
            ("write", Phase::Closing, Ok(())),
            ("shutdown", Phase::Closing, Err(Errno::ECANCELED)),
            ("close", Phase::Closing, Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        assert_eq!(drain(&mut peer), b"y");
        assert_eq!(lp.requests(), 0);
        end(lp);
    });
}
