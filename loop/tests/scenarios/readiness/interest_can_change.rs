//! A level-triggered descriptor can be watched for something else, from outside and from its own callback.

use std::cell::RefCell;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Ctx, Interest, Loop, Poll, RunMode};

use super::until;
use crate::common::{end, new_loop, scenario};

type Said = Rc<RefCell<Vec<Interest>>>;

/// Watches for `interest` from now on, and returns what is said then in three turns.
fn said(lp: &mut Loop, poll: Poll, interest: Interest) -> Vec<Interest> {
    let said = Said::default();
    let noted = said.clone();
    poll.start(lp, interest, move |_, _, events| {
        noted.borrow_mut().push(events.unwrap());
    })
    .unwrap();
    for _ in 0..3 {
        lp.run(RunMode::NoWait).unwrap();
    }
    said.take()
}

#[test]
fn interest_can_change() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        let (readable, writable) = (Interest::READABLE, Interest::WRITABLE);
        assert_eq!(said(&mut lp, poll, readable), []);
        assert_eq!(said(&mut lp, poll, writable), [writable; 3]);
        assert_eq!(said(&mut lp, poll, readable), []);
        peer.write_all(b"x").unwrap();
        assert_eq!(said(&mut lp, poll, readable), [readable; 3]);
        assert_eq!(said(&mut lp, poll, writable), [writable; 3]);
        // kqueue reports each direction by itself, but the loop calls back once.
        let both = readable | writable;
        assert_eq!(said(&mut lp, poll, both), [both; 3]);
        assert_eq!(said(&mut lp, poll, Interest::PRIORITIZED), []);
        assert_eq!(said(&mut lp, poll, readable), [readable; 3]);
        poll.stop(&mut lp).unwrap();
        assert_eq!(said(&mut lp, poll, writable), [writable; 3]);
        lp.close(poll, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn in_its_own_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let (_peer, ours) = UnixStream::pair().unwrap();
        (&_peer).write_all(b"x").unwrap();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        let order = Said::default();
        let (first, second) = (order.clone(), order.clone());
        let writable = move |cx: &mut Ctx, poll: Poll, events: Result<Interest, _>| {
            second.borrow_mut().push(events.unwrap());
            cx.close(poll, |_| ()).unwrap();
        };
        let mut writable = Some(writable);
        poll.start(&mut lp, Interest::READABLE, move |cx, poll, events| {
            first.borrow_mut().push(events.unwrap());
            poll.start(cx, Interest::WRITABLE, writable.take().unwrap())
                .unwrap();
        })
        .unwrap();
        until(&mut lp, |_| order.borrow().len() == 2);
        assert_eq!(*order.borrow(), [Interest::READABLE, Interest::WRITABLE]);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
