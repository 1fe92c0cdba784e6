//! A kernel that does not know how is asked once; what it refuses goes out as single datagrams, and it is remembered what it refused.
#![cfg(any(target_os = "linux", target_os = "android"))]

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::trace::Outcome;
use uvox_loop::{Errno, Loop};
use uvox_udp::uv::Udp;

use super::{all_of, messages, numbered, queue_all, took, traced, try_all};
use crate::common::{Heard, bound, close_and_end, listen, scenario, until};

/// Sends so many of that size, all of which arrive, and says what the calls came to.
fn calls_for(
    lp: &mut Loop,
    udp: Udp,
    heard: &Heard,
    (count, size): (usize, usize),
) -> Vec<Outcome> {
    let to = udp.getsockname(lp).unwrap();
    let datagrams = numbered(&vec![size; count]);
    let (sent, calls) = messages(|| try_all(lp, udp, &datagrams, Some(to)));
    assert_eq!(sent, Ok(count));
    until(lp, |_| heard.len() == count);
    assert_eq!(heard.take(), all_of(&datagrams));
    calls
}

fn failing(name: &'static str, errno: Errno) -> fault::Plan {
    fault::plan([Fault::new(name, 1, Effect::Fail(errno))])
}

#[test]
fn it_does_not_know_how() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let faults = failing("getsockopt", Errno::ENOPROTOOPT);
        assert_eq!(calls_for(&mut lp, udp, &heard, (5, 10)), took(&[5]));
        assert_eq!(faults.left(), 0);
        // It is not asked again.
        let (sent, events) = traced(|| try_all(&mut lp, udp, &numbered(&[10; 5]), Some(to)));
        assert_eq!(sent, Ok(5));
        assert!(events.iter().all(|event| event.name != "getsockopt"));
        // Unless somebody wants it to be.
        until(&mut lp, |_| heard.len() == 5);
        heard.take();
        udp.send_coalesced(&mut lp, true).unwrap();
        assert_eq!(calls_for(&mut lp, udp, &heard, (5, 10)), took(&[1]));
        close_and_end(lp, &[udp]);
    });
}

/// The interface, or the socket's other options, will not have it.
#[test]
fn it_will_not_have_it() {
    scenario(|| {
        for errno in [Errno::EIO, Errno::EINVAL] {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
            let heard = listen(&mut lp, udp);
            let faults = failing("sendmmsg", errno);
            let refused = Outcome::Failed(errno);
            let then = Outcome::Done(5);
            assert_eq!(calls_for(&mut lp, udp, &heard, (5, 10)), [refused, then]);
            assert_eq!(faults.left(), 0);
            assert_eq!(calls_for(&mut lp, udp, &heard, (5, 10)), took(&[5]));
            drop(faults);
            // Of queued ones each has its own end.
            udp.send_coalesced(&mut lp, true).unwrap();
            let faults = failing("sendmmsg", errno);
            let told = queue_all(&mut lp, udp, &numbered(&[10; 5]), Some(to));
            until(&mut lp, |_| told.len() == 5 && heard.len() == 6);
            assert_eq!(faults.left(), 0);
            assert!(told.all().into_iter().eq((0..5).map(|at| (at, Ok(())))));
            assert_eq!(heard.all()[1..], all_of(&numbered(&[10; 5])));
            close_and_end(lp, &[udp]);
        }
    });
}

/// The way they take is too narrow for datagrams of that size. For smaller ones it may do.
#[test]
fn too_long_for_the_way() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, _) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let faults = failing("sendmmsg", Errno::EMSGSIZE);
        let refused = Outcome::Failed(Errno::EMSGSIZE);
        let then = Outcome::Done(4);
        assert_eq!(calls_for(&mut lp, udp, &heard, (4, 1500)), [refused, then]);
        assert_eq!(faults.left(), 0);
        assert_eq!(calls_for(&mut lp, udp, &heard, (4, 1500)), took(&[4]));
        assert_eq!(calls_for(&mut lp, udp, &heard, (4, 1499)), took(&[1]));
        close_and_end(lp, &[udp]);
    });
}

/// What is refused alone as well was not refused for its company.
#[test]
fn it_is_something_else() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let effect = Effect::Fail(Errno::EINVAL);
        let faults = fault::plan([1, 1].map(|nth| Fault::new("sendmmsg", nth, effect)));
        let sent = try_all(&mut lp, udp, &numbered(&[10; 5]), Some(to));
        assert_eq!((sent, faults.left()), (Err(Errno::EINVAL), 0));
        assert_eq!(calls_for(&mut lp, udp, &heard, (5, 10)), took(&[1]));
        // Nor does an error that has nothing to do with it turn it off.
        for errno in [Errno::EPERM, Errno::ENOBUFS, Errno::EAGAIN] {
            let faults = failing("sendmmsg", errno);
            assert!(try_all(&mut lp, udp, &numbered(&[10; 5]), Some(to)).is_err());
            assert_eq!(faults.left(), 0);
            assert_eq!(calls_for(&mut lp, udp, &heard, (5, 10)), took(&[1]));
        }
        close_and_end(lp, &[udp]);
    });
}
