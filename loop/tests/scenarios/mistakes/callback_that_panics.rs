//! A callback that panics, in each phase: the panic comes out of `run`, the loop is outside again, the callback is still set, and the
//! next run goes on with what was left.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use uvox_loop::{
    Async, Check, Ctx, Idle, Interest, Loop, Phase, Poll, Prepare, RunMode, Signal, Timer,
};

use crate::common::{Seen, close_all, end, fed, new_loop, scenario};

/// A callback that panics when it is called first.
fn panics_once(seen: &Seen, name: &'static str) -> impl FnMut(&mut Ctx) + 'static {
    let seen = seen.clone();
    let mut calls = 0;
    move |_| {
        calls += 1;
        seen.add(name);
        assert!(calls > 1, "{name} panics on purpose");
    }
}

/// Runs a turn that panics, and returns with what message.
fn panic_of(lp: &mut Loop) -> String {
    let payload = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::NoWait))).unwrap_err();
    assert_eq!(lp.phase(), Phase::Outside);
    payload.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn in_hooks() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mut f = panics_once(&seen, "idle");
        Idle::new(&mut lp)
            .start(&mut lp, move |cx, _| f(cx))
            .unwrap();
        let mut f = panics_once(&seen, "prepare");
        Prepare::new(&mut lp)
            .start(&mut lp, move |cx, _| f(cx))
            .unwrap();
        let mut f = panics_once(&seen, "check");
        Check::new(&mut lp)
            .start(&mut lp, move |cx, _| f(cx))
            .unwrap();
        for (name, calls) in [
            ("idle", &["idle"][..]),
            ("prepare", &["idle", "prepare"]),
            ("check", &["idle", "prepare", "check"]),
        ] {
            assert_eq!(panic_of(&mut lp), format!("{name} panics on purpose"));
            assert_eq!(seen.take(), calls);
        }
        assert!(lp.run(RunMode::NoWait).unwrap());
        assert_eq!(seen.take(), ["idle", "prepare", "check"]);
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn in_the_pending_phase() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mut f = panics_once(&seen, "first");
        let first = fed(&mut lp, move |cx, _| f(cx));
        let second_seen = seen.clone();
        let second = fed(&mut lp, move |_, _| second_seen.add("second"));
        lp.feed(first).unwrap();
        lp.feed(second).unwrap();
        assert_eq!(panic_of(&mut lp), "first panics on purpose");
        assert_eq!(seen.take(), ["first"]);
        // In the middle of its work, it is called again, after those that waited.
        assert!(lp.run(RunMode::NoWait).unwrap());
        assert_eq!(seen.take(), ["second", "first"]);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [""; 0]);
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn in_timers() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (once, repeating, other) = (
            Timer::new(&mut lp),
            Timer::new(&mut lp),
            Timer::new(&mut lp),
        );
        let zero = Duration::ZERO;
        let mut f = panics_once(&seen, "once");
        once.start(&mut lp, zero, zero, move |cx, _| f(cx)).unwrap();
        let mut f = panics_once(&seen, "repeating");
        let hour = Duration::from_secs(3600);
        repeating
            .start(&mut lp, zero, hour, move |cx, _| f(cx))
            .unwrap();
        let called = seen.clone();
        other
            .start(&mut lp, zero, zero, move |_, _| called.add("other"))
            .unwrap();

        assert_eq!(panic_of(&mut lp), "once panics on purpose");
        assert!(!lp.is_active(once), "it had its call");
        assert_eq!(panic_of(&mut lp), "repeating panics on purpose");
        assert!(lp.is_active(repeating), "and will be called again");
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["once", "repeating", "other"]);
        // The callback is where it was: `again` finds it.
        repeating
            .set_repeat(&mut lp, Duration::from_nanos(1))
            .unwrap();
        repeating.again(&mut lp).unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), ["repeating"]);
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn in_the_poll_phase() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        let mut f = panics_once(&seen, "poll");
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        poll.start(&mut lp, Interest::READABLE, move |cx, _, _| f(cx))
            .unwrap();
        let mut f = panics_once(&seen, "async");
        let (_, sender) = Async::new(&mut lp, move |cx, _| f(cx));
        let mut f = panics_once(&seen, "signal");
        let signal = Signal::new(&mut lp);
        signal
            .start(&mut lp, libc::SIGUSR1, move |cx, _, _| f(cx))
            .unwrap();

        ours.write_all(b"x").unwrap();
        assert_eq!(panic_of(&mut lp), "poll panics on purpose");
        seen.take();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["poll"], "there is still something to read");
        theirs.read_exact(&mut [0]).unwrap();

        sender.send().unwrap();
        assert_eq!(panic_of(&mut lp), "async panics on purpose");
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["async"], "the wake-up was used up");
        sender.send().unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["async"]);

        for _ in 0..3 {
            signal_hook::low_level::raise(libc::SIGUSR1).unwrap();
        }
        assert_eq!(panic_of(&mut lp), "signal panics on purpose");
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["signal"; 3], "one call for each arrival");
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn events_behind_a_panic_are_not_lost() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mut senders = Vec::new();
        // In one wait, more than one event: wake-ups of two kinds, and a descriptor.
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let mut f = panics_once(&seen, "poll");
        theirs.set_nonblocking(true).unwrap();
        poll.start(&mut lp, Interest::READABLE, move |cx, _, _| {
            assert_eq!(theirs.read(&mut [0]).unwrap(), 1);
            f(cx);
        })
        .unwrap();
        for name in ["first", "second", "third"] {
            let mut f = panics_once(&seen, name);
            senders.push(Async::new(&mut lp, move |cx, _| f(cx)).1);
        }
        for sender in &senders {
            sender.send().unwrap();
        }
        ours.write_all(b"x").unwrap();
        for _ in 0..4 {
            panic_of(&mut lp);
        }
        lp.run(RunMode::NoWait).unwrap();
        let mut all = seen.take();
        all.sort_unstable();
        assert_eq!(all, ["first", "poll", "second", "third"]);
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
