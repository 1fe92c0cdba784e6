//! Who watches for the disconnection alone is not woken in every turn by data that nobody reads.

use std::cell::RefCell;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Interest, Poll, RunMode};

use crate::common::{end, new_loop, scenario};
use crate::readiness::until;

#[test]
fn disconnect_alone_does_not_spin() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        let said = Rc::new(RefCell::new(Vec::new()));
        let noted = said.clone();
        poll.start(&mut lp, Interest::DISCONNECT, move |cx, poll, events| {
            noted.borrow_mut().push(events.unwrap());
            cx.close(poll, |_| ()).unwrap();
        })
        .unwrap();
        peer.write_all(b"unread").unwrap();
        for _ in 0..10 {
            lp.run(RunMode::NoWait).unwrap();
        }
        // Some cannot but tell of its arrival, once.
        let events = lp.metrics().events;
        assert!(events <= 1, "{events} events");
        assert_eq!(*said.borrow(), []);
        drop(peer);
        until(&mut lp, |_| !said.borrow().is_empty());
        assert_eq!(*said.borrow(), [Interest::DISCONNECT]);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
