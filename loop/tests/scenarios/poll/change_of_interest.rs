//! Starting a handle that is started changes interest and callback; no interest at all stops it; stop and start.

use std::io::Write;
use std::os::unix::net::UnixStream;

use uvox_loop::{Ctx, Errno, Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn change_of_interest() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.write_all(b"x").unwrap();
        let seen = Seen::new();
        let on = |name: &'static str| {
            let seen = seen.clone();
            move |_: &mut Ctx, _: Poll, result: Result<Interest, Errno>| {
                seen.add((name, result.unwrap()))
            }
        };
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.start(&mut lp, both, on("both")).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        poll.start(&mut lp, Interest::WRITABLE, on("write"))
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        poll.start(&mut lp, Interest::READABLE, on("read")).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        poll.start(&mut lp, Interest::DISCONNECT, on("disconnect"))
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        let expected = [
            ("both", both),
            ("write", Interest::WRITABLE),
            ("read", Interest::READABLE),
        ];
        assert_eq!(seen.take(), expected);

        poll.start(&mut lp, Interest::NONE, on("none")).unwrap();
        assert!(!lp.is_active(poll) && !lp.alive());
        poll.start(&mut lp, both, on("again")).unwrap();
        assert!(lp.is_active(poll));
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [("again", both)]);

        poll.stop(&mut lp).unwrap();
        poll.stop(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), []);
        poll.start(&mut lp, Interest::READABLE, on("started"))
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [("started", Interest::READABLE)]);
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn one_handle_stops_another_that_is_ready() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let pairs: Vec<_> = (0..2).map(|_| UnixStream::pair().unwrap()).collect();
        let polls: Vec<Poll> = pairs
            .iter()
            .map(|(_, b)| Poll::new(&mut lp, b).unwrap())
            .collect();
        for i in 0..2 {
            let (seen, polls) = (seen.clone(), polls.clone());
            polls[i]
                .start(&mut lp, Interest::READABLE, move |cx, _, _| {
                    seen.add(i);
                    polls[1 - i].stop(cx).unwrap();
                    // Started again, it is asked anew in the next turn.
                    let seen = seen.clone();
                    polls[1 - i]
                        .start(cx, Interest::WRITABLE, move |cx, poll, events| {
                            assert_eq!(events, Ok(Interest::WRITABLE));
                            seen.add(10 + (1 - i));
                            cx.stop();
                            poll.stop(cx).unwrap();
                        })
                        .unwrap();
                    polls[i].stop(cx).unwrap();
                })
                .unwrap();
            (&pairs[i].0).write_all(b"x").unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        let first = seen.all()[0];
        assert_eq!(seen.all(), [first]);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.all(), [first, 10 + (1 - first)]);
        crate::common::close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
