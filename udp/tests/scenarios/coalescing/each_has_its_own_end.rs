//! A call that takes some of the messages, and an error in the middle: each datagram has its own end, in order, and counts until it is told of.
#![cfg(any(target_os = "linux", target_os = "android"))]

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_udp::uv::Udp;

use super::{all_of, numbered, queue_all, try_all};
use crate::common::{Seen, bound, close, close_and_end, listen, ok, scenario, until};

/// Four messages: of three, of two, of one, and of four.
const SIZES: [usize; 10] = [30, 30, 20, 25, 25, 50, 60, 60, 60, 60];

#[test]
fn each_has_its_own_end() {
    scenario(|| {
        let (all, none) = (Ok(()), Err(Errno::EPERM));
        let short = |count| Effect::Short(count);
        let fails = |errno| Effect::Fail(errno);
        // What happens to the calls, one after the other, and to which datagrams that is fatal.
        let cases: &[(&[Effect], &[usize])] = &[
            (&[short(1), short(1), short(1)], &[]),
            (&[short(2), fails(Errno::EAGAIN)], &[]),
            (&[short(3), fails(Errno::ENOBUFS), fails(Errno::EINTR)], &[]),
            (&[fails(Errno::EPERM)], &[0]),
            (
                &[fails(Errno::EPERM), fails(Errno::EPERM), short(1)],
                &[0, 1],
            ),
            (&[short(1), fails(Errno::EPERM), short(1)], &[3]),
            (
                &[short(3), fails(Errno::EPERM), fails(Errno::EPERM)],
                &[6, 7],
            ),
        ];
        for (effects, fatal) in cases {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
            let heard = listen(&mut lp, udp);
            let datagrams = numbered(&SIZES);
            // All of the faults count every call, and one call spends one of them.
            let faults = effects
                .iter()
                .map(|effect| Fault::new("sendmmsg", 1, *effect));
            let faults = fault::plan(faults);
            let told = queue_all(&mut lp, udp, &datagrams, Some(to));
            until(&mut lp, |_| {
                told.len() == 10 && heard.len() == 11 - fatal.len()
            });
            assert_eq!(faults.left(), 0, "{effects:?}");
            let end = |at| if fatal.contains(&at) { none } else { all };
            let expected = (0..10).map(|at| (at, end(at)));
            assert!(told.all().into_iter().eq(expected), "{effects:?}: {told:?}");
            let mut left = datagrams.clone();
            for at in fatal.iter().rev() {
                left.remove(*at);
            }
            assert_eq!(heard.all()[1..], all_of(&left), "{effects:?}");
            close_and_end(lp, &[udp]);
        }
    });
}

#[test]
fn of_a_batch_it_is_known_how_many() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let datagrams = numbered(&SIZES);
        for (messages, expected) in [(1, 3), (2, 5), (3, 6)] {
            let effects = [Effect::Short(messages), Effect::Fail(Errno::EAGAIN)];
            let faults = fault::plan(effects.map(|effect| Fault::new("sendmmsg", 1, effect)));
            let sent = try_all(&mut lp, udp, &datagrams, Some(to));
            assert_eq!((sent, faults.left()), (Ok(expected), 0));
            until(&mut lp, |_| heard.len() == expected);
            assert_eq!(heard.take(), all_of(&datagrams[..expected]));
        }
        close_and_end(lp, &[udp]);
    });
}

/// What is not told of counts, though it is sent.
#[test]
fn each_counts_until_it_is_told_of() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let seen = Seen::new();
        udp.send(&mut lp, b"", to, ok).unwrap();
        for size in SIZES {
            let record = seen.clone();
            let done = move |cx: &mut Ctx, udp: Udp, status: Result<(), Errno>| {
                assert_eq!(status, Ok(()));
                record.add((udp.send_queue_count(cx), udp.send_queue_size(cx)));
            };
            udp.send(&mut lp, &vec![0; size], to, done).unwrap();
        }
        until(&mut lp, |_| seen.len() == 10);
        let left = (1..=10).map(|at| (10 - at, SIZES[at..].iter().sum()));
        assert!(seen.all().into_iter().eq(left), "{seen:?}");
        close_and_end(lp, &[udp]);
    });
}

/// Those that are still to be told of when the handle is closed in one of the callbacks were sent, and so they say.
#[test]
fn closed_in_one_of_the_callbacks() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, receiver);
        let (udp, _) = bound(&mut lp, [127, 0, 0, 1]);
        let seen = Seen::new();
        udp.send(&mut lp, b"", to, ok).unwrap();
        for number in 0..4 {
            let record = seen.clone();
            let done = move |cx: &mut Ctx, udp: Udp, status: Result<(), Errno>| {
                record.add((number, status));
                if number == 1 {
                    close(cx, udp);
                }
            };
            udp.send(&mut lp, &[number], to, done).unwrap();
        }
        until(&mut lp, |_| seen.len() == 4 && heard.len() == 5);
        assert!(seen.all().into_iter().eq((0..4).map(|at| (at, Ok(())))));
        close_and_end(lp, &[receiver]);
    });
}
