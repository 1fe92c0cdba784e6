//! A handle closes itself in its callback, of whatever kind. The callback runs on to its end, is not called again, and the close
//! callback runs in the closing phase.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::{
    Async, Check, Ctx, Idle, Interest, Key, Phase, Poll, Prepare, RunMode, Signal, Timer,
};

use crate::common::{Seen, end, fed, new_loop, scenario};

type Record = Seen<(&'static str, Phase)>;

/// A callback that records where it is called and closes its handle; another call of it would be a mistake.
fn closing(seen: &Record, name: &'static str) -> impl FnMut(&mut Ctx, Key) + 'static {
    let seen = seen.clone();
    move |cx, handle| {
        assert!(!cx.is_closing(handle), "{name} was called after its close");
        seen.add((name, cx.phase()));
        let closed = seen.clone();
        cx.close(handle, move |cx| closed.add(("closed", cx.phase())))
            .unwrap();
        // The captured record is still there.
        assert!(cx.is_closing(handle) && !seen.is_empty());
    }
}

#[test]
fn close_in_every_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Record::new();
        let lp_ = &mut lp;

        let mut f = closing(&seen, "fed");
        let handle = fed(lp_, move |cx, h| f(cx, h.into()));
        lp_.feed(handle).unwrap();
        let mut f = closing(&seen, "idle");
        Idle::new(lp_)
            .start(lp_, move |cx, h| f(cx, h.into()))
            .unwrap();
        let mut f = closing(&seen, "prepare");
        Prepare::new(lp_)
            .start(lp_, move |cx, h| f(cx, h.into()))
            .unwrap();
        let mut f = closing(&seen, "check");
        Check::new(lp_)
            .start(lp_, move |cx, h| f(cx, h.into()))
            .unwrap();
        let mut f = closing(&seen, "timer");
        let nanosecond = Duration::from_nanos(1);
        Timer::new(lp_)
            .start(lp_, Duration::ZERO, nanosecond, move |cx, h| {
                f(cx, h.into())
            })
            .unwrap();
        assert!(lp.run(RunMode::Once).unwrap(), "the timer is closing");
        let expected = [
            ("fed", Phase::Pending),
            ("idle", Phase::Idle),
            ("prepare", Phase::Prepare),
            ("check", Phase::Check),
            ("closed", Phase::Closing),
            ("closed", Phase::Closing),
            ("closed", Phase::Closing),
            ("closed", Phase::Closing),
            ("timer", Phase::Timers),
        ];
        assert_eq!(seen.take(), expected);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [("closed", Phase::Closing)]);
        end(lp);
    });
}

#[test]
fn close_in_callbacks_of_the_poll_phase() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Record::new();
        let mut f = closing(&seen, "async");
        let (_, sender) = Async::new(&mut lp, move |cx, h| f(cx, h.into()));
        let mut f = closing(&seen, "signal");
        let signal = Signal::new(&mut lp);
        signal
            .start(&mut lp, libc::SIGUSR1, move |cx, h, _| f(cx, h.into()))
            .unwrap();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let mut f = closing(&seen, "poll");
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        poll.start(&mut lp, Interest::READABLE, move |cx, h, _| f(cx, h.into()))
            .unwrap();
        for _ in 0..2 {
            sender.send().unwrap();
            signal_hook::low_level::raise(libc::SIGUSR1).unwrap();
            ours.write_all(b"x").unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        let mut called: Vec<_> = seen.all();
        called[..3].sort();
        let expected = [
            ("async", Phase::Poll),
            ("poll", Phase::Poll),
            ("signal", Phase::Poll),
            ("closed", Phase::Closing),
            ("closed", Phase::Closing),
            ("closed", Phase::Closing),
        ];
        assert_eq!(called, expected);
        end(lp);
    });
}

#[test]
fn close_others_that_are_ready_too() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        // All are ready in one turn; whichever is called first closes all the others.
        let pairs: Vec<_> = (0..8).map(|_| UnixStream::pair().unwrap()).collect();
        for (ours, theirs) in &pairs {
            let seen = seen.clone();
            let poll = Poll::new(&mut lp, theirs).unwrap();
            poll.start(&mut lp, Interest::READABLE, move |cx, _, _| {
                seen.add(());
                crate::common::close_all(cx);
            })
            .unwrap();
            (&mut &*ours).write_all(b"x").unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 1);
        end(lp);
    });
}
