//! What a callback leaves in a batch, in the middle of what came as one, comes in the next turn, before what is newer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uvox_loop::{Loop, RunMode};

use super::{brought, numbered, send_all, traced};
use crate::common::{COALESCES, Seen, bound, close, close_and_end, scenario, until};

#[test]
fn a_part_is_left() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, _, batch| {
            let batch = batch.unwrap();
            let count = batch.len();
            for datagram in batch.by_ref().take(7) {
                assert_eq!(datagram.sender(), Some(to));
                record.add((count, datagram.bytes.to_vec()));
            }
        })
        .unwrap();
        let datagrams = numbered(&[[30; 10], [40; 10]].concat());
        send_all(&mut lp, udp, &datagrams, to);
        let ((), events) = traced(|| until(&mut lp, |_| seen.len() == 14));
        if COALESCES {
            assert_eq!(brought(&events), [2]);
        }
        // These are newer.
        send_all(&mut lp, udp, &datagrams[..5], to);
        until(&mut lp, |_| seen.len() == 25);
        let expected: Vec<_> = [(20, 7), (13, 7), (6, 6), (5, 5)]
            .iter()
            .flat_map(|(count, taken)| vec![*count; *taken])
            .zip([&datagrams[..], &datagrams[..5]].concat())
            .collect();
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[udp]);
    });
}

/// A callback that panics has heard of as many as it took.
#[test]
fn by_a_panic() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, _, batch| {
            for datagram in batch.unwrap() {
                record.add(datagram.bytes.to_vec());
                assert_ne!(record.len(), 4, "on purpose");
            }
        })
        .unwrap();
        let datagrams = numbered(&[25; 12]);
        send_all(&mut lp, udp, &datagrams, to);
        let run = catch_unwind(AssertUnwindSafe(|| while lp.run(RunMode::Once).unwrap() {}));
        assert!(run.is_err());
        assert_eq!(seen.all(), datagrams[..4]);
        until(&mut lp, |_| seen.len() == 12);
        assert_eq!(seen.all(), datagrams);
        close_and_end(lp, &[udp]);
    });
}

/// The handle is closed in the middle: the rest is forgotten with it.
#[test]
fn and_closed() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |cx, udp, batch| {
            record.add(batch.unwrap().by_ref().take(3).count());
            close(cx, udp);
        })
        .unwrap();
        send_all(&mut lp, udp, &numbered(&[25; 12]), to);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [3]);
        crate::common::end(lp);
    });
}
