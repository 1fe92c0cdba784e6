//! A host's own loop, here another loop of ours, watches the guest's descriptor, sleeps for as long as the guest allows, and runs the
//! guest without waiting. Descriptors, timers, wake-ups from other threads, feeds and close callbacks of the guest all work.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Async, Check, Interest, Loop, Poll, Prepare, RunMode, Timer};

use crate::common::{Seen, close, close_all, end, fed, new_loop, scenario};

/// Runs `guest` to its end inside of a host's loop. Returns how often the host came to turn it.
fn host(guest: Rc<RefCell<Loop>>) -> u64 {
    let mut host = new_loop();
    let watch = Poll::new(&mut host, &*guest.borrow()).unwrap();
    watch
        .start(&mut host, Interest::READABLE, |_, _, events| {
            // The check callback does it: the guest may also have something to do without an event.
            assert_eq!(events, Ok(Interest::READABLE));
        })
        .unwrap();
    let alarm = Timer::new(&mut host);
    let (before_sleep, after_sleep) = (Prepare::new(&mut host), Check::new(&mut host));
    let asleep = guest.clone();
    before_sleep
        .start(&mut host, move |cx, _| {
            let mut guest = asleep.borrow_mut();
            guest.update_time();
            match guest.backend_timeout() {
                Some(timeout) => {
                    cx.update_time();
                    alarm.start(cx, timeout, Duration::ZERO, |_, _| ()).unwrap();
                }
                None => alarm.stop(cx).unwrap(),
            }
        })
        .unwrap();
    let awake = guest.clone();
    after_sleep
        .start(&mut host, move |cx, _| {
            if !awake.borrow_mut().run(RunMode::NoWait).unwrap() {
                close_all(cx);
            }
        })
        .unwrap();
    assert!(!host.run(RunMode::Default).unwrap());
    let turns = host.metrics().turns;
    end(host);
    turns
}

/// libkqueue on Linux is no kernel, and its descriptor is never readable.
fn can_be_watched(lp: &Loop) -> bool {
    !(cfg!(target_os = "linux") && lp.backend_name() == "kqueue")
}

#[test]
fn a_host_that_watches_the_loops_descriptor() {
    scenario(|| {
        let mut lp = new_loop();
        if !can_be_watched(&lp) {
            return end(lp);
        }
        let seen = Seen::new();
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let called = seen.clone();
        let own = seen.clone();
        let fed_by_poll = fed(&mut lp, move |cx, handle| {
            own.add("fed");
            let closed = own.clone();
            cx.close(handle, move |_| closed.add("closed")).unwrap();
        });
        poll.start(&mut lp, Interest::READABLE, move |cx, poll, _| {
            called.add("readable");
            theirs.read_exact(&mut [0]).unwrap();
            cx.feed(fed_by_poll).unwrap();
            close(cx, poll);
        })
        .unwrap();
        let called = seen.clone();
        let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
            called.add("woken");
            // What is next is on its way from another thread's point of view only now.
            ours.write_all(b"x").unwrap();
            close(cx, wakeup);
        });
        let timer = Timer::new(&mut lp);
        let called = seen.clone();
        let mut sender = Some(sender);
        timer
            .start(
                &mut lp,
                Duration::from_millis(2),
                Duration::ZERO,
                move |cx, timer| {
                    called.add("timer");
                    let sender = sender.take().unwrap();
                    std::thread::spawn(move || sender.send())
                        .join()
                        .unwrap()
                        .unwrap();
                    close(cx, timer);
                },
            )
            .unwrap();
        let guest = Rc::new(RefCell::new(lp));
        host(guest.clone());
        assert_eq!(seen.all(), ["timer", "woken", "readable", "fed", "closed"]);
        end(Rc::into_inner(guest).unwrap().into_inner());
    });
}

#[test]
fn the_host_sleeps_while_the_guest_has_nothing_to_do() {
    scenario(|| {
        let mut lp = new_loop();
        if !can_be_watched(&lp) {
            return end(lp);
        }
        let (_, sender) = Async::new(&mut lp, close);
        let guest = Rc::new(RefCell::new(lp));
        let thread = std::thread::spawn(move || {
            // The time passes in which a host that does not sleep would turn many times.
            std::thread::park_timeout(Duration::from_millis(20));
            sender.send().unwrap();
        });
        let turns = host(guest.clone());
        thread.join().unwrap();
        assert!(turns < 10, "{turns} turns for one event");
        end(Rc::into_inner(guest).unwrap().into_inner());
    });
}
