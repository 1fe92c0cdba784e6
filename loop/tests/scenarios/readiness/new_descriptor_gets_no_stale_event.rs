//! A handle that gives its descriptor away in the middle of a turn and gets another one hears nothing of what the kernel said of
//! the first.

use std::cell::Cell;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Interest, Poll, Ready, RunMode};

use super::probe::Probe;
use super::settle;
use crate::common::{close, end, new_loop, scenario};

#[test]
fn new_descriptor_gets_no_stale_event() {
    scenario(|| {
        let mut lp = new_loop();
        // One of two is called first, whichever; it changes the descriptor of the probe, whose event stands between or behind.
        let (first, first_peer) = UnixStream::pair().unwrap();
        let (last, last_peer) = UnixStream::pair().unwrap();
        let (old, old_peer) = UnixStream::pair().unwrap();
        let (new, mut new_peer) = UnixStream::pair().unwrap();
        old.set_nonblocking(true).unwrap();
        new.set_nonblocking(true).unwrap();
        let polls = [first, last].map(|fd| (Poll::new(&mut lp, &fd).unwrap(), fd));
        let probe = Probe::new(&mut lp, OwnedFd::from(old));
        settle(&mut lp);
        let new = Rc::new(Cell::new(Some(OwnedFd::from(new))));
        for (poll, _) in &polls {
            let new = new.clone();
            poll.start(&mut lp, Interest::READABLE, move |cx, poll, _| {
                if let Some(new) = new.take() {
                    let old = cx.take_descriptor(probe).unwrap();
                    drop(old);
                    cx.set_descriptor(probe, new).unwrap();
                    cx.watch(probe).unwrap();
                }
                close(cx, poll);
            })
            .unwrap();
        }
        for mut peer in [&first_peer, &old_peer, &last_peer] {
            peer.write_all(b"x").unwrap();
        }
        drop(old_peer);
        // The probe's own event may come first, and is the old descriptor's then; it is forgotten with it.
        settle(&mut lp);
        assert!(new.take().is_none(), "the descriptor was changed");
        assert_eq!(probe.said(&mut lp), Ready::WRITABLE);
        new_peer.write_all(b"x").unwrap();
        settle(&mut lp);
        assert!(probe.said(&mut lp).contains(Ready::READABLE));
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
