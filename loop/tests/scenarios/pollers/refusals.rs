//! What cannot be watched is refused alike by all pollers.

use std::os::unix::net::UnixStream;

use uvox_loop::{Errno, Interest, Poll, RunMode};

use crate::common::{end, new_loop, scenario};
use crate::readiness::probe::Probe;

#[test]
fn a_file_or_directory_is_eperm() {
    scenario(|| {
        let mut lp = new_loop();
        let file = tempfile::tempfile().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let folder = std::fs::File::open(folder.path()).unwrap();
        for refused in [&file, &folder] {
            let poll = Poll::new(&mut lp, refused).unwrap();
            assert_eq!(
                poll.start(&mut lp, Interest::READABLE, |_, _, _| ()),
                Err(Errno::EPERM)
            );
            lp.close(poll, |_| ()).unwrap();
        }
        assert_eq!(Probe::try_new(&mut lp, file).map(|_| ()), Err(Errno::EPERM));
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_closed_descriptor_is_ebadf() {
    scenario(|| {
        let mut lp = new_loop();
        let (_peer, ours) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        drop(ours);
        assert_eq!(
            poll.start(&mut lp, Interest::READABLE, |_, _, _| ()),
            Err(Errno::EBADF)
        );
        assert!(!lp.is_active(poll));
        lp.close(poll, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_watched_descriptor_is_eexist() {
    scenario(|| {
        let mut lp = new_loop();
        let (_peer, ours) = UnixStream::pair().unwrap();
        let [first, second] = [0, 1].map(|_| Poll::new(&mut lp, &ours).unwrap());
        first
            .start(&mut lp, Interest::READABLE, |_, _, _| ())
            .unwrap();
        assert_eq!(
            second.start(&mut lp, Interest::WRITABLE, |_, _, _| ()),
            Err(Errno::EEXIST)
        );
        // When the first one stops, the second can have it.
        first.stop(&mut lp).unwrap();
        second
            .start(&mut lp, Interest::WRITABLE, |cx, poll, events| {
                assert_eq!(events, Ok(Interest::WRITABLE));
                cx.close(poll, |_| ()).unwrap();
            })
            .unwrap();
        lp.run(RunMode::Default).unwrap();
        lp.close(first, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
