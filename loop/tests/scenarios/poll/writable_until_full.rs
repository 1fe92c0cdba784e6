//! Writable in every turn as long as there is room, not when there is none, and again when the peer has read.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use uvox_loop::{Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn writable_until_full() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        let seen = Seen::new();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        let events = seen.clone();
        poll.start(
            &mut lp,
            Interest::WRITABLE | Interest::READABLE,
            move |_, _, result| {
                events.add(result);
            },
        )
        .unwrap();
        for _ in 0..3 {
            lp.run(RunMode::NoWait).unwrap();
        }
        assert_eq!(seen.take(), [Ok(Interest::WRITABLE); 3]);

        let mut written = 0;
        loop {
            match ours.write(&[0; 4096]) {
                Ok(count) => written += count,
                Err(error) => break assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), []);

        let mut bytes = vec![0; written];
        theirs.read_exact(&mut bytes).unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [Ok(Interest::WRITABLE)]);
        theirs.write_all(b"x").unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [Ok(Interest::WRITABLE | Interest::READABLE)]);
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
