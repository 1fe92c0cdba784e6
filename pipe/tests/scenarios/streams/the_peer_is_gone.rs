//! The peer closes without reading what we sent, or in the middle of it: reading ends with `ECONNRESET`, or with the end if there was
//! something to be read first; writing with that or `EPIPE`.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close, close_and_end, keep_reading, scenario, until};

#[test]
fn with_bytes_of_ours_unread() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Pipe::pair(&mut lp).unwrap();
        one.write(&mut lp, b"unread", |_, _, _| ()).unwrap();
        other.write(&mut lp, b"farewell", |_, _, _| ()).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        close(&mut lp, other);
        let (bytes, errors) = keep_reading(&mut lp, *one);
        until(&mut lp, |_| errors.len() == 1);
        // The error may come before the bytes: that is the kernel's choice, and it tells of it once. Behind the bytes, the hang-up is the end.
        if bytes.is_empty() {
            assert_eq!(errors.all(), [Errno::ECONNRESET]);
            assert!(!one.is_readable(&lp) && !one.is_writable(&lp));
            assert_eq!(one.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        } else {
            assert_eq!(bytes.all(), b"farewell");
            assert_eq!(errors.all(), [Errno::EOF]);
        }
        assert_eq!(one.try_write(&mut lp, b"x"), Err(Errno::EPIPE));
        close_and_end(lp, &[one]);
    });
}

#[test]
fn in_the_middle_of_a_queued_write() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Pipe::pair(&mut lp).unwrap();
        let seen = Seen::new();
        for number in 0..3 {
            let record = seen.clone();
            one.write(&mut lp, &vec![7; 1 << 22], move |_, _, written| {
                record.add((number, written.status, written.bytes > 0));
            })
            .unwrap();
        }
        let record = seen.clone();
        one.shutdown(&mut lp, move |_, _, result| record.add((3, result, false)))
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        close(&mut lp, other);
        until(&mut lp, |_| seen.len() == 1);
        // Which of the two depends on who asked for the socket's error first.
        let gone = [Errno::EPIPE, Errno::ECONNRESET].map(Err);
        let (first, status, begun) = seen.take()[0];
        assert!(first == 0 && begun && gone.contains(&status), "{status:?}");
        // What the user does with the error decides: the rest waits for that.
        close(&mut lp, one);
        assert!(!lp.run(RunMode::Default).unwrap());
        let cancelled = Err(Errno::ECANCELED);
        let expected = [1, 2, 3].map(|number| (number, cancelled, false));
        assert_eq!(seen.all(), expected);
        assert_eq!(lp.requests(), 0);
        crate::common::end(lp);
    });
}
