//! `Poll` on a number that is no descriptor, on a file, on a descriptor that another handle watches, on one that was closed.

use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;

use uvox_loop::{Errno, Interest, Poll, RunMode};

use crate::common::{close, end, new_loop, scenario};

struct Number(RawFd);

impl AsRawFd for Number {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

#[test]
fn a_number_that_is_no_descriptor() {
    scenario(|| {
        let mut lp = new_loop();
        let closed = {
            let (one, _other) = UnixStream::pair().unwrap();
            one.as_raw_fd()
        };
        for number in [closed, -1, i32::MIN, i32::MAX] {
            assert_eq!(
                Poll::new(&mut lp, &Number(number)),
                Err(Errno::EBADF),
                "{number}"
            );
        }
        let mut handles = 0;
        lp.walk(|_, _| handles += 1);
        assert_eq!(handles, 0);
        end(lp);
    });
}

#[test]
fn a_file() {
    scenario(|| {
        let mut lp = new_loop();
        let file = tempfile::tempfile().unwrap();
        let poll = Poll::new(&mut lp, &file).unwrap();
        let error = poll.start(&mut lp, Interest::READABLE, |_, _, _| panic!("called"));
        assert_eq!(error, Err(Errno::EPERM));
        assert!(!lp.is_active(poll) && !lp.alive());
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_descriptor_that_another_handle_watches() {
    scenario(|| {
        let mut lp = new_loop();
        let (one, _other) = UnixStream::pair().unwrap();
        let first = Poll::new(&mut lp, &one).unwrap();
        let second = Poll::new(&mut lp, &one).unwrap();
        first
            .start(&mut lp, Interest::READABLE, |_, _, _| ())
            .unwrap();
        let error = second.start(&mut lp, Interest::WRITABLE, |_, _, _| panic!("called"));
        assert_eq!(error, Err(Errno::EEXIST));
        assert!(!lp.is_active(second));
        // Once the first lets go of it, the second may have it.
        first.stop(&mut lp).unwrap();
        second
            .start(&mut lp, Interest::WRITABLE, |cx, second, _| {
                close(cx, second)
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        close(&mut lp, first);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_descriptor_that_was_closed() {
    scenario(|| {
        let mut lp = new_loop();
        let (one, _other) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &one).unwrap();
        drop(one);
        let error = poll.start(&mut lp, Interest::READABLE, |_, _, _| panic!("called"));
        assert_eq!(error, Err(Errno::EBADF));
        assert!(!lp.is_active(poll));
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
