//! A handle is closed, then its descriptor, then another descriptor gets the number: each handle hears of its own only.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Interest, Poll, RunMode};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn close_the_handle_before_the_descriptor() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let number = theirs.as_raw_fd();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        poll.start(&mut lp, Interest::READABLE, |_, _, _| {
            panic!("the closed handle")
        })
        .unwrap();
        ours.write_all(b"x").unwrap();
        close(&mut lp, poll);
        drop(theirs);

        let (mut newer, other) = UnixStream::pair().unwrap();
        let other = if other.as_raw_fd() == number {
            other
        } else {
            std::mem::replace(&mut newer, other)
        };
        assert_eq!(
            other.as_raw_fd(),
            number,
            "the number is free, so it is taken"
        );
        // While the old handle is still closing.
        let poll = Poll::new(&mut lp, &other).unwrap();
        let events = seen.clone();
        poll.start(&mut lp, Interest::READABLE, move |_, _, result| {
            events.add(result)
        })
        .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 0);
        newer.write_all(b"x").unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.all(), [Ok(Interest::READABLE)]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
