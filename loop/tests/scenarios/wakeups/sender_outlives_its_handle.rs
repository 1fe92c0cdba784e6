//! A sender whose handle, or loop, is gone: EBADF, and no harm, even to a handle that took the place of the old one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uvox_loop::{Async, Errno, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn sender_outlives_its_handle() {
    scenario(|| {
        let mut lp = new_loop();
        let (wakeup, sender) = Async::new(&mut lp, |_, _| panic!("called after its close"));
        // Sent before the close, and not called.
        sender.send().unwrap();
        close(&mut lp, wakeup);
        assert_eq!(sender.send(), Err(Errno::EBADF));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(sender.send(), Err(Errno::EBADF));
        assert!(wakeup.sender(&lp).is_none());

        let seen = Seen::new();
        let called = seen.clone();
        let (newer, newer_sender) = Async::new(&mut lp, move |_, _| called.add(()));
        assert_eq!(sender.send(), Err(Errno::EBADF));
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 0);
        newer_sender.send().unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 1);
        close(&mut lp, newer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn sender_outlives_its_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let (_, sender) = Async::new(&mut lp, |_, _| ());
        let (_, pending) = Async::new(&mut lp, |_, _| ());
        pending.send().unwrap();
        drop(lp);
        for sender in [sender, pending] {
            assert_eq!(sender.send(), Err(Errno::EBADF));
            assert_eq!(sender.clone().send(), Err(Errno::EBADF));
        }
    });
}

#[test]
fn senders_on_other_threads_while_the_loop_is_dropped() {
    scenario(|| {
        for _ in 0..50 {
            let mut lp = new_loop();
            let (_, sender) = Async::new(&mut lp, |_, _| ());
            let gone = Arc::new(AtomicBool::new(false));
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    let (sender, gone) = (sender.clone(), gone.clone());
                    std::thread::spawn(move || {
                        while !gone.load(Ordering::Acquire) {
                            // Either is right, as long as the loop is on its way out.
                            let _ = sender.send();
                        }
                        assert_eq!(sender.send(), Err(Errno::EBADF));
                    })
                })
                .collect();
            lp.run(RunMode::Once).unwrap();
            drop(lp);
            gone.store(true, Ordering::Release);
            for thread in threads {
                thread.join().unwrap();
            }
        }
    });
}
