//! `poll` waits and calls nobody; `dispatch` calls and does not wait.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::{Async, Check, Ctx, Errno, Idle, Interest, Phase, Poll, Prepare, RunMode, Timer};

use crate::common::{Seen, close, close_all, end, fed, new_loop, scenario};

#[test]
fn poll_apart_from_dispatch() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let called = || {
            let seen = seen.clone();
            move |cx: &mut Ctx| seen.add(cx.phase())
        };
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let f = called();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        poll.start(&mut lp, Interest::READABLE, move |cx, poll, _| {
            f(cx);
            close(cx, poll);
        })
        .unwrap();
        let (f, g) = (called(), called());
        Check::new(&mut lp)
            .start(&mut lp, move |cx, check| {
                f(cx);
                cx.close(check, g.clone()).unwrap();
            })
            .unwrap();
        let f = called();
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, _| f(cx))
            .unwrap();
        let f = called();
        let pending = fed(&mut lp, move |cx, _| f(cx));
        let f = called();
        Idle::new(&mut lp)
            .start(&mut lp, move |cx, idle| {
                f(cx);
                cx.feed(pending).unwrap();
                close(cx, idle);
            })
            .unwrap();
        let f = called();
        Prepare::new(&mut lp)
            .start(&mut lp, move |cx, _| f(cx))
            .unwrap();

        ours.write_all(b"x").unwrap();
        assert!(lp.poll(None).unwrap());
        assert_eq!(lp.phase(), Phase::Outside);
        assert_eq!(seen.take(), [], "no callback runs in poll");
        assert!(lp.dispatch().unwrap());
        let expected = [
            Phase::Poll,
            Phase::Check,
            Phase::Closing,
            Phase::Timers,
            Phase::Idle,
            Phase::Prepare,
        ];
        assert_eq!(seen.take(), expected);
        // What idle fed is for the next dispatch, and the host must not sleep before it.
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        assert!(lp.dispatch().unwrap());
        assert_eq!(seen.take(), [Phase::Poll, Phase::Prepare]);
        close_all(&mut lp);
        while lp.alive() {
            lp.poll(None).unwrap();
            lp.dispatch().unwrap();
        }
        end(lp);
    });
}

#[test]
fn poll_waits_no_longer_than_it_is_told() {
    scenario(|| {
        let mut lp = new_loop();
        let hour = Timer::new(&mut lp);
        let hours = Duration::from_secs(3600);
        hour.start(&mut lp, hours, Duration::ZERO, |_, _| {
            panic!("an hour passed")
        })
        .unwrap();
        assert!(!lp.poll(Some(Duration::ZERO)).unwrap());
        let before = lp.now();
        let bound = Duration::from_millis(2);
        assert!(!lp.poll(Some(bound)).unwrap());
        assert!(lp.now() >= before + bound, "nothing else ended the wait");

        // Nor than the loop allows by itself.
        let soon = Timer::new(&mut lp);
        lp.update_time();
        soon.start(&mut lp, bound, Duration::ZERO, |_, _| ())
            .unwrap();
        assert!(lp.poll(Some(Duration::MAX)).unwrap());
        assert!(lp.poll(None).unwrap(), "it is due, and was not called");
        assert!(lp.is_active(soon));
        assert!(lp.dispatch().unwrap());
        assert!(!lp.is_active(soon));

        close_all(&mut lp);
        assert!(lp.poll(None).unwrap(), "closings are to be dispatched");
        assert!(!lp.dispatch().unwrap());
        // With nothing to wait for, it does not wait.
        lp.poll(None).unwrap();
        end(lp);
    });
}

#[test]
fn polls_in_a_row_lose_nothing() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mut senders = Vec::new();
        for i in 0..3 {
            let seen = seen.clone();
            senders.push(Async::new(&mut lp, move |_, _| seen.add(i)).1);
        }
        for sender in &senders {
            sender.send().unwrap();
            assert!(lp.poll(Some(Duration::ZERO)).unwrap());
        }
        lp.dispatch().unwrap();
        // However the events were reported, all of them arrive.
        lp.poll(Some(Duration::ZERO)).unwrap();
        lp.dispatch().unwrap();
        assert_eq!(seen.all(), [0, 1, 2]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn stop_ends_the_waiting() {
    scenario(|| {
        let mut lp = new_loop();
        let (wakeup, _sender) = Async::new(&mut lp, |_, _| ());
        assert_eq!(lp.backend_timeout(), None);
        lp.stop();
        assert!(!lp.poll(None).unwrap(), "it returns, with nothing to call");
        assert!(lp.dispatch().unwrap());
        assert_eq!(lp.backend_timeout(), None, "it counts once");
        close(&mut lp, wakeup);
        assert_eq!(lp.close(wakeup, |_| ()), Err(Errno::EALREADY));
        lp.dispatch().unwrap();
        end(lp);
    });
}
