//! `run_for` gives the thread back in time: what it had not come to stays queued, in order, and nothing is lost or called twice.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::sys::hrtime;
use uvox_loop::{Async, Check, Ctx, Idle, Interest, Loop, Poll, Timer};

use crate::common::{Seen, close, close_all, end, fed, new_loop, scenario};

const BUDGET: Duration = Duration::from_millis(1);

/// Takes longer than the host has.
fn overrun() {
    let start = hrtime();
    while hrtime() - start <= BUDGET.as_nanos() as u64 {
        std::hint::spin_loop();
    }
}

/// Runs frames until nothing is alive; returns what was called in each of them, empty ones left out.
fn frames<T: Clone>(lp: &mut Loop, seen: &Seen<T>) -> Vec<Vec<T>> {
    let mut frames = Vec::new();
    while lp.alive() {
        lp.run_for(BUDGET).unwrap();
        frames.push(seen.take());
        assert!(frames.len() < 1_000, "it makes no progress");
    }
    frames.retain(|frame| !frame.is_empty());
    frames
}

fn kind_of(name: &str) -> &str {
    match name.split(' ').next() {
        Some("timer") => "timer",
        Some("closed") => "closed",
        _ => "fed",
    }
}

#[test]
fn one_callback_too_long_is_the_last_of_its_frame() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let slow = |name: &'static str| {
            let seen = seen.clone();
            move |_: &mut Ctx| {
                seen.add(name);
                overrun();
            }
        };
        for name in ["first", "second", "third"] {
            let (f, g) = (slow(name), slow("closed"));
            let handle = fed(&mut lp, move |cx, handle| {
                f(cx);
                cx.close(handle, g.clone()).unwrap();
            });
            lp.feed(handle).unwrap();
        }
        for name in ["timer 1", "timer 2"] {
            let f = slow(name);
            Timer::new(&mut lp)
                .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                    f(cx);
                    close(cx, timer);
                })
                .unwrap();
        }
        assert!(lp.run_for(BUDGET).unwrap());
        assert_eq!(seen.take(), ["first"]);
        assert_eq!(
            lp.backend_timeout(),
            Some(Duration::ZERO),
            "there is more to do at once"
        );
        let frames = frames(&mut lp, &seen);
        assert!(frames.iter().all(|frame| frame.len() == 1), "{frames:?}");
        // Kinds of callbacks take turns; those of one kind stay in order, and come once.
        let rest = frames.concat();
        let of = |kind| {
            rest.iter()
                .filter(|name| kind_of(name) == kind)
                .copied()
                .collect::<Vec<_>>()
        };
        assert_eq!(of("fed"), ["second", "third"]);
        assert_eq!(of("timer"), ["timer 1", "timer 2"]);
        assert_eq!(of("closed"), ["closed"; 3]);
        end(lp);
    });
}

#[test]
fn events_stay_in_order_over_many_frames() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let senders: Vec<_> = (0..20)
            .map(|i| {
                let seen = seen.clone();
                Async::new(&mut lp, move |cx, wakeup| {
                    seen.add(i);
                    overrun();
                    close(cx, wakeup);
                })
                .1
            })
            .collect();
        for sender in &senders {
            sender.send().unwrap();
        }
        let frames = frames(&mut lp, &seen);
        assert_eq!(frames, (0..20).map(|i| vec![i]).collect::<Vec<_>>());
        end(lp);
    });
}

#[test]
fn no_time_at_all_is_progress_nonetheless() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let mut senders = Vec::new();
        for i in 0..10 {
            let pending = seen.clone();
            let handle = fed(&mut lp, move |cx, handle| {
                pending.add(i);
                close(cx, handle);
            });
            lp.feed(handle).unwrap();
            let woken = seen.clone();
            let wake = move |cx: &mut Ctx, wakeup| {
                woken.add(100 + i);
                close(cx, wakeup);
            };
            senders.push(Async::new(&mut lp, wake).1);
            let fired = seen.clone();
            Timer::new(&mut lp)
                .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                    fired.add(200 + i);
                    close(cx, timer);
                })
                .unwrap();
        }
        for sender in &senders {
            sender.send().unwrap();
        }
        let mut frames = 0;
        while lp.alive() {
            lp.run_for(Duration::ZERO).unwrap();
            frames += 1;
            assert!(frames < 1_000, "it makes no progress");
        }
        let called = seen.all();
        let of = |hundred: i32| called.iter().copied().filter(move |i| i / 100 == hundred);
        for hundred in 0..3 {
            let expected: Vec<_> = (100 * hundred..100 * hundred + 10).collect();
            assert_eq!(of(hundred).collect::<Vec<_>>(), expected);
        }
        end(lp);
    });
}

#[test]
fn a_busy_descriptor_does_not_keep_timers_from_their_turn() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        // Always readable, and its callback takes all the time there is.
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.write_all(b"x").unwrap();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        poll.start(&mut lp, Interest::READABLE, |_, _, _| overrun())
            .unwrap();
        let (fired, checked, closed) = (seen.clone(), seen.clone(), seen.clone());
        Timer::new(&mut lp)
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                fired.add("timer")
            })
            .unwrap();
        Check::new(&mut lp)
            .start(&mut lp, move |cx, check| {
                checked.add("check");
                let closed = closed.clone();
                cx.close(check, move |_| closed.add("closed")).unwrap();
            })
            .unwrap();
        for _ in 0..10 {
            lp.run_for(BUDGET).unwrap();
        }
        assert_eq!(seen.all(), ["check", "closed", "timer"]);
        close_all(&mut lp);
        while lp.run_for(BUDGET).unwrap() {}
        end(lp);
    });
}

#[test]
fn a_handle_that_feeds_itself_does_not_keep_the_rest_from_its_turn() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let greedy = fed(&mut lp, |cx, handle| {
            overrun();
            cx.feed(handle).unwrap();
        });
        lp.feed(greedy).unwrap();
        let (fired, woken) = (seen.clone(), seen.clone());
        Timer::new(&mut lp)
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                fired.add("timer")
            })
            .unwrap();
        let (_, sender) = Async::new(&mut lp, move |_, _| woken.add("woken"));
        sender.send().unwrap();
        for _ in 0..10 {
            lp.run_for(BUDGET).unwrap();
        }
        let mut called = seen.all();
        called.sort_unstable();
        assert_eq!(called, ["timer", "woken"]);
        close_all(&mut lp);
        while lp.run_for(BUDGET).unwrap() {}
        end(lp);
    });
}

#[test]
fn it_returns_early_when_there_is_nothing_to_do() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let hour = Duration::from_secs(3600);
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, hour, hour, |_, _| panic!("an hour passed"))
            .unwrap();
        assert!(lp.run_for(hour).unwrap());
        let idle = Idle::new(&mut lp);
        let called = seen.clone();
        idle.start(&mut lp, move |cx, idle| {
            called.add(());
            if called.len() == 10 {
                idle.stop(cx).unwrap();
            }
        })
        .unwrap();
        assert!(lp.run_for(hour).unwrap(), "as long as there is, it goes on");
        assert_eq!(seen.len(), 10);
        lp.stop();
        assert!(lp.run_for(hour).unwrap());
        close_all(&mut lp);
        assert!(!lp.run_for(Duration::MAX).unwrap());
        end(lp);
    });
}
