//! A descriptor that is only watched cannot be taken from its handle: EBADF, and the handle goes on watching it.

use std::io::Write;
use std::os::unix::net::UnixStream;

use uvox_loop::{Errno, Interest, Poll, Refused, RunMode};

use crate::common::{Seen, close, end, fed, new_loop, scenario};

#[test]
fn taking_what_is_not_the_loops() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let called = seen.clone();
        poll.start(&mut lp, Interest::READABLE, move |_, _, _| called.add(()))
            .unwrap();
        assert_eq!(lp.take_descriptor(poll).unwrap_err(), Errno::EBADF);
        ours.write_all(b"x").unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 1);
        close(&mut lp, poll);

        // A handle of our own gets one, and gives it back.
        let handle = fed(&mut lp, |_, _| ());
        assert_eq!(lp.take_descriptor(handle).unwrap_err(), Errno::EBADF);
        assert_eq!(lp.watch(handle), Err(Errno::EBADF));
        lp.set_descriptor(handle, theirs.into()).unwrap();
        let Refused { errno: error, fd } = lp.set_descriptor(handle, ours.into()).unwrap_err();
        assert_eq!(error, Errno::EBUSY);
        drop(fd);
        lp.watch(handle).unwrap();
        let fd = lp.take_descriptor(handle).unwrap();
        assert!(lp.parts(handle).is_none());
        drop(fd);
        close(&mut lp, handle);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
