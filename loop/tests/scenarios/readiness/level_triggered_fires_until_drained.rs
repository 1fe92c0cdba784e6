//! A level-triggered descriptor is reported in every turn in which the condition holds, and in no other.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Interest, Poll, RunMode};

use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn level_triggered_fires_until_drained() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &ours).unwrap();
        let turns = Rc::new(RefCell::new(Vec::new()));
        let noted = turns.clone();
        let mut reader = ours.try_clone().unwrap();
        poll.start(&mut lp, Interest::READABLE, move |cx, _, events| {
            assert_eq!(events, Ok(Interest::READABLE));
            assert_eq!(reader.read(&mut [0]).unwrap(), 1);
            noted.borrow_mut().push(cx.metrics().turns);
        })
        .unwrap();
        for round in 1..=2 {
            peer.write_all(b"abc").unwrap();
            until(&mut lp, |_| turns.borrow().len() == 3 * round);
            let noted = turns.borrow()[3 * (round - 1)..].to_vec();
            assert_eq!(noted, [noted[0], noted[0] + 1, noted[0] + 2]);
            settle(&mut lp);
            assert_eq!(turns.borrow().len(), 3 * round);
        }
        lp.close(poll, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
