//! Level-triggered: the callback runs in every turn until what there is to read was read.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Interest, Phase, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn readable_until_drained() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let seen = Seen::new();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        assert_eq!(poll.fd(&lp), Some(theirs.as_raw_fd()));
        assert_eq!(lp.info(poll).unwrap().fd, Some(theirs.as_raw_fd()));
        let mut reader = theirs.try_clone().unwrap();
        let error = reader.read(&mut [0]).unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::WouldBlock,
            "it was made non-blocking"
        );

        let events = seen.clone();
        poll.start(&mut lp, Interest::READABLE, move |cx, _, result| {
            assert_eq!(cx.phase(), Phase::Poll);
            events.add(result);
        })
        .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 0, "nothing to read yet");
        ours.write_all(b"abc").unwrap();
        for left in [3, 2, 1] {
            lp.run(RunMode::Once).unwrap();
            assert_eq!(seen.take(), [Ok(Interest::READABLE)], "{left} bytes left");
            assert_eq!(reader.read(&mut [0]).unwrap(), 1);
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 0, "all was read");
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        assert!(uvox_loop::sys::descriptor_is_open(theirs.as_raw_fd()));
        end(lp);
    });
}
