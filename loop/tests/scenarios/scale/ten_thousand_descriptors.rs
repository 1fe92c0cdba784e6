//! 10,000 registered descriptors, each made readable: none is lost, though a turn takes only a part of them. Where the system
//! allows a process fewer than that, as many as it allows.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::sys::{DescriptorLimit, descriptor_limit, set_descriptor_limit};
use uvox_loop::{Interest, Loop, Poll, RunMode};

use crate::common::{close, end, scenario};

const DESCRIPTORS: usize = 10_000;

/// Makes room for so many descriptors and a few more; returns how many there is room for.
fn make_room(wanted: usize) -> usize {
    let few = 200;
    let limit = descriptor_limit().unwrap();
    let soft = limit.soft.max(limit.hard.min((wanted + few) as u64));
    set_descriptor_limit(DescriptorLimit { soft, ..limit }).unwrap();
    wanted.min(usize::try_from(soft).unwrap_or(usize::MAX) - few)
}

#[test]
fn ten_thousand_descriptors() {
    scenario(|| {
        let mut lp = Loop::builder()
            .budgets(|budgets| budgets.events = 256)
            .build()
            .unwrap();
        let sockets: Vec<UnixStream> = (0..make_room(DESCRIPTORS) / 2)
            .flat_map(|_| <[UnixStream; 2]>::from(UnixStream::pair().unwrap()))
            .collect();
        let sockets = Rc::new(sockets);
        let called = Rc::new(RefCell::new(vec![0; sockets.len()]));
        for (i, socket) in sockets.iter().enumerate() {
            let (sockets, called) = (sockets.clone(), called.clone());
            let poll = Poll::new(&mut lp, socket).unwrap();
            poll.start(&mut lp, Interest::READABLE, move |cx, poll, events| {
                assert_eq!(events, Ok(Interest::READABLE));
                called.borrow_mut()[i] += 1;
                let mut byte = [0];
                assert_eq!((&sockets[i]).read(&mut byte).unwrap(), 1);
                // The byte goes back once, so that each is called twice.
                if byte[0] > 0 {
                    (&sockets[i]).write_all(&[byte[0] - 1]).unwrap();
                }
                if called.borrow()[i] == 2 {
                    close(cx, poll);
                }
            })
            .unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(called.borrow().iter().sum::<u32>(), 0);
        for socket in &*sockets {
            (&*socket).write_all(&[1]).unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(called.borrow().iter().all(|calls| *calls == 2));
        end(lp);
    });
}
