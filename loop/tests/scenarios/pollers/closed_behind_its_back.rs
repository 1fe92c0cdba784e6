//! Somebody closes a descriptor that a `Poll` handle still watches, against the rule. The next descriptor of that number can be
//! watched all the same.
//!
//! Not on libkqueue, which goes by the number and does not notice.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Interest, Poll, Ready, RunMode};

use crate::common::{end, new_loop, scenario};
use crate::readiness::probe::Probe;
use crate::readiness::until;

#[test]
#[cfg_attr(
    all(uvox_kqueue, not(feature = "mio")),
    ignore = "libkqueue takes the new descriptor for the old one"
)]
fn closed_behind_its_back() {
    scenario(|| {
        let mut lp = new_loop();
        let (peer, ours) = UnixStream::pair().unwrap();
        let number = ours.as_raw_fd();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        poll.start(&mut lp, Interest::READABLE, |_, _, _| {
            panic!("nothing was sent to it")
        })
        .unwrap();
        drop((ours, peer));

        let (a, b) = UnixStream::pair().unwrap();
        let (reused, mut peer) = if a.as_raw_fd() == number {
            (a, b)
        } else {
            (b, a)
        };
        assert_eq!(reused.as_raw_fd(), number);
        let probe = Probe::new(&mut lp, reused);
        peer.write_all(b"x").unwrap();
        until(&mut lp, |lp| probe.said(lp).contains(Ready::READABLE));
        probe.close(&mut lp);
        lp.close(poll, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
