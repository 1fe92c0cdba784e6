//! A host with no time left gets the thread back after one `done`; the rest is called back for, in order, when it has time.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn interrupted_by_the_hosts_deadline() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let called = Rc::new(RefCell::new(Vec::new()));
        for i in 0..4 {
            let called = called.clone();
            lp.queue_work(|| (), move |_, _| called.borrow_mut().push(i))
                .unwrap();
        }
        let (last, finished) = mpsc::channel();
        lp.queue_work(move || last.send(()), |_, _| ()).unwrap();
        finished.recv().unwrap();

        for calls in 1..=3 {
            assert!(lp.run_for(Duration::ZERO).unwrap());
            assert_eq!(called.borrow().len(), calls);
            assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(*called.borrow(), [0, 1, 2, 3]);
        end(lp);
    });
}

#[test]
fn a_host_that_waits_itself_is_woken() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let called = Rc::new(RefCell::new(Vec::new()));
        let calls = called.clone();
        lp.queue_work(|| 1, move |_, one| calls.borrow_mut().push(one.unwrap()))
            .unwrap();
        while !lp.poll(None).unwrap() {}
        assert!(called.borrow().is_empty());
        assert!(!lp.dispatch().unwrap());
        assert_eq!(*called.borrow(), [1]);
        end(lp);
    });
}
