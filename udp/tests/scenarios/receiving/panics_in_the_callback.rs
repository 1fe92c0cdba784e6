//! A callback that panics has heard of its datagram; the others that came together with it come in the next turn.

use std::net::Ipv4Addr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use uvox_loop::{Loop, RunMode};

use crate::common::{Seen, bound, close_and_end, ok, scenario, until};

#[test]
fn panics_in_the_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for number in 0..6 {
            assert_eq!(udp.try_send(&mut lp, &[number], to), Ok(1));
        }
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start(&mut lp, move |cx, udp, datagram| {
            let number = datagram.unwrap().bytes[0];
            record.add(number);
            if number < 100 {
                udp.send(cx, &[number + 100], to, ok).unwrap();
            }
            assert_ne!(number, 2, "on purpose");
        })
        .unwrap();
        let run = catch_unwind(AssertUnwindSafe(|| while lp.run(RunMode::Once).unwrap() {}));
        assert!(run.is_err());
        assert_eq!(seen.all(), [0, 1, 2]);
        assert!(udp.is_receiving(&lp));
        until(&mut lp, |_| seen.len() == 12);
        let expected: Vec<u8> = (0..6).chain(100..106).collect();
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[udp]);
    });
}

/// So does one that is told of a send: the others are told of later.
#[test]
fn when_told_of_a_send() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let seen = Seen::new();
        for number in 0..4 {
            let record = seen.clone();
            udp.send(&mut lp, b"x", to, move |_, _, sent| {
                record.add(number);
                assert!(sent.is_ok() && number != 1, "on purpose");
            })
            .unwrap();
        }
        let run = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Default)));
        assert!(run.is_err());
        assert_eq!(seen.all(), [0, 1]);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [0, 1, 2, 3]);
        // What is sent from now on goes at once again.
        assert_eq!(udp.try_send(&mut lp, b"x", to), Ok(1));
        close_and_end(lp, &[udp]);
    });
}
