//! Whatever the call says that sends what is queued: nothing is lost, doubled or told twice.

use std::io::IoSlice;
use std::net::Ipv4Addr;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Control};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{BATCHES, Seen, bound, close, close_and_end, listen, scenario, texts, until};

const NAME: &str = if BATCHES { "sendmmsg" } else { "sendmsg" };

/// Sends ten datagrams, all of them queued, while these faults are met; then tells which had which end, and which arrived.
fn send_ten(faults: &[(u32, Effect)]) -> (Vec<Result<(), Errno>>, Vec<u8>) {
    let mut lp = Loop::new().unwrap();
    let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
    let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
    let heard = listen(&mut lp, receiver);
    let sent = Seen::new();
    // Each is a message of its own, which are what a short call counts.
    sender.send_coalesced(&mut lp, false).unwrap();
    // The first is not part of it: behind it the others queue.
    sender.send(&mut lp, b"", to, crate::common::ok).unwrap();
    for number in 0..10 {
        let sent = sent.clone();
        let done = move |_: &mut uvox_loop::Ctx, _, status| sent.add((number, status));
        sender.send(&mut lp, &[number], to, done).unwrap();
    }
    let faults = faults
        .iter()
        .map(|(nth, effect)| Fault::new(NAME, *nth, *effect));
    let plan = fault::plan(faults);
    until(&mut lp, |_| sent.len() == 10);
    assert_eq!(plan.left(), 0);
    drop(plan);
    assert_eq!(sender.send_queue_count(&lp), 0);
    let (numbers, ends): (Vec<u8>, Vec<_>) = sent.all().into_iter().unzip();
    assert_eq!(numbers, (0..10).collect::<Vec<u8>>(), "in order");
    let arrived = 1 + ends.iter().filter(|end| end.is_ok()).count();
    until(&mut lp, |_| heard.len() == arrived);
    lp.run(RunMode::NoWait).unwrap();
    close_and_end(lp, &[sender, receiver]);
    let bytes = heard.all().into_iter().flat_map(Result::unwrap);
    (ends, bytes.collect())
}

#[test]
fn all_goes_out_in_the_end() {
    scenario(|| {
        const EINTR: Effect = Effect::Fail(Errno::EINTR);
        const EAGAIN: Effect = Effect::Fail(Errno::EAGAIN);
        const ENOBUFS: Effect = Effect::Fail(Errno::ENOBUFS);
        let plans: &[&[(u32, Effect)]] = &[
            &[(1, EINTR), (2, EINTR)],
            // It waits for room, of which the kernel speaks when it is asked.
            &[(1, EAGAIN)],
            // Of which it does not speak.
            &[(1, ENOBUFS), (2, ENOBUFS), (3, ENOBUFS)],
        ];
        let short: &[&[(u32, Effect)]] = &[
            &[(1, Effect::Short(1)), (2, Effect::Short(2)), (3, EINTR)],
            &[(1, Effect::Short(4)), (2, EAGAIN)],
            &[(1, Effect::Short(9)), (2, ENOBUFS), (3, EAGAIN)],
        ];
        let short = if BATCHES { short } else { &[] };
        for plan in plans.iter().chain(short) {
            let (ends, arrived) = send_ten(plan);
            assert_eq!(ends, [Ok(()); 10], "{plan:?}");
            assert_eq!(arrived, (0..10).collect::<Vec<u8>>(), "{plan:?}");
        }
    });
}

/// An error is the first one's that was to be sent.
#[test]
#[cfg_attr(target_vendor = "apple", ignore = "there is no sendmmsg")]
fn one_fails() {
    scenario(|| {
        for errno in [Errno::EPERM, Errno::ECONNREFUSED, Errno::ENETUNREACH] {
            let failing = [(1, Effect::Short(4)), (2, Effect::Fail(errno))];
            let (ends, arrived) = send_ten(&failing);
            let expected: Vec<_> = (0..10)
                .map(|number| if number == 4 { Err(errno) } else { Ok(()) })
                .collect();
            assert_eq!(ends, expected);
            assert_eq!(arrived, [0, 1, 2, 3, 5, 6, 7, 8, 9]);
        }
    });
}

/// A kernel that does not have the call gets them one by one.
#[test]
#[cfg_attr(target_vendor = "apple", ignore = "there is no sendmmsg")]
fn without_the_call() {
    scenario(|| {
        let (ends, arrived) = send_ten(&[(1, Effect::Fail(Errno::ENOSYS))]);
        assert_eq!(ends, [Ok(()); 10]);
        assert_eq!(arrived, (0..10).collect::<Vec<u8>>());
    });
}

/// What the first call says, which is made at once.
#[test]
fn at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let heard = listen(&mut lp, receiver);
        for (errno, expected) in [
            (Errno::EINTR, Ok(())),
            (Errno::EAGAIN, Ok(())),
            (Errno::ENOBUFS, Ok(())),
            (Errno::EPERM, Err(Errno::EPERM)),
        ] {
            let udp = Udp::new(&mut lp);
            let faults = fault::plan([Fault::new("sendto", 1, Effect::Fail(errno))]);
            let sent = Seen::new();
            let record = sent.clone();
            udp.send(&mut lp, b"x", to, move |_, _, status| record.add(status))
                .unwrap();
            assert_eq!(faults.left(), 0);
            assert!(sent.is_empty(), "told from inside a call");
            let count = usize::from(expected.is_ok());
            until(&mut lp, |_| sent.len() == 1 && heard.len() == count);
            assert_eq!(sent.all(), [expected]);
            heard.take();
            close(&mut lp, udp);
        }
        close_and_end(lp, &[receiver]);
    });
}

/// The kernel, which was not asked, has no reason to say that there is room. When it does, all goes out.
#[test]
fn the_kernel_speaks_again() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let heard = listen(&mut lp, udp);
        lp.run(RunMode::NoWait).unwrap();
        let sent = Seen::new();
        let faults = fault::plan([Fault::new("sendto", 1, Effect::Fail(Errno::EAGAIN))]);
        for _ in 0..3 {
            let record = sent.clone();
            udp.send(&mut lp, b"x", to, move |_, _, status| record.add(status))
                .unwrap();
        }
        assert_eq!(faults.left(), 0);
        // What is sent past the handle makes room when it has gone.
        let one = [IoSlice::new(b"y")];
        let past = udp.fd(&mut lp).unwrap();
        sys::sendmsg(past, &one, Some(&to.into()), &Control::default()).unwrap();
        until(&mut lp, |_| sent.len() == 3 && heard.len() == 4);
        assert_eq!(sent.all(), [Ok(()); 3]);
        assert_eq!(heard.all(), texts(&["y", "x", "x", "x"]));
        close_and_end(lp, &[udp]);
    });
}
