//! A descriptor is closed while it is polled, against the rules, and its number given to another. The other is heard, and
//! closing the first handle does not silence it.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
#[cfg_attr(
    all(uvox_kqueue, not(feature = "mio")),
    ignore = "libkqueue takes the new descriptor for the old one"
)]
fn number_reused_while_polled() {
    scenario(|| {
        let mut lp = new_loop();
        let (old, _old_peer) = UnixStream::pair().unwrap();
        let number = old.as_raw_fd();
        let first = Poll::new(&mut lp, &old).unwrap();
        first
            .start(&mut lp, Interest::READABLE, |_, _, _| ())
            .unwrap();
        drop(old);
        let (a, b) = UnixStream::pair().unwrap();
        let (new, mut peer) = if a.as_raw_fd() == number {
            (a, b)
        } else {
            (b, a)
        };
        assert_eq!(new.as_raw_fd(), number);
        let seen = Seen::new();
        let second = Poll::new(&mut lp, &new).unwrap();
        let heard = seen.clone();
        second
            .start(&mut lp, Interest::READABLE, move |cx, poll, _| {
                heard.add(());
                close(cx, poll);
            })
            .unwrap();
        close(&mut lp, first);
        peer.write_all(b"x").unwrap();
        lp.run(RunMode::Default).unwrap();
        assert_eq!(seen.len(), 1);
        end(lp);
    });
}
