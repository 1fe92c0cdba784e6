//! Lookups are slow work: they wait for their half of the threads, where they can be cancelled, and then they fail with EAI_CANCELED.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;

use uvox_loop::{AddrHints, Errno, Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn lookup_cancelled() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(2).build().unwrap();
        let (running, runs) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        lp.queue_slow_work(
            move || {
                running.send(()).unwrap();
                wait.recv().is_ok()
            },
            |_, _| (),
        )
        .unwrap();
        runs.recv().unwrap();

        let called = Rc::new(Cell::new(0));
        let (calls, more_calls) = (called.clone(), called.clone());
        let addresses = lp
            .getaddrinfo(
                Some("127.0.0.1"),
                None,
                AddrHints::default(),
                move |_, found| {
                    assert_eq!(found, Err(Errno::EAI_CANCELED));
                    calls.set(calls.get() + 1);
                },
            )
            .unwrap();
        let names = lp
            .getnameinfo("127.0.0.1:80".parse().unwrap(), 0, move |_, found| {
                assert_eq!(found, Err(Errno::EAI_CANCELED));
                more_calls.set(more_calls.get() + 1);
            })
            .unwrap();
        assert_eq!(lp.requests(), 3);
        assert_eq!(addresses.cancel(&mut lp), Ok(()));
        assert_eq!(names.cancel(&mut lp), Ok(()));
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(called.get(), 2);
        assert_eq!(names.cancel(&mut lp), Err(Errno::EBADF));
        drop(let_go);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
