//! Datagrams come together, and a callback stops after any of them: none of the others is lost, and their order stays, whoever goes on, and whatever comes
//! in between.

use std::net::Ipv4Addr;

use uvox_loop::{Ctx, Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{Seen, bound, close_and_end, end, ok, scenario, until};

fn number(bytes: &[u8]) -> u8 {
    assert_eq!(bytes.len(), 1);
    bytes[0]
}

/// Receives one datagram, and stops.
fn take_one(cx: &mut Ctx, udp: Udp, seen: &Seen<u8>) {
    let record = seen.clone();
    udp.recv_start(cx, move |cx, udp, datagram| {
        record.add(number(datagram.unwrap().bytes));
        udp.recv_stop(cx).unwrap();
        assert!(!udp.is_receiving(cx) && !cx.is_active(udp));
    })
    .unwrap();
}

#[test]
fn stopped_in_the_middle_of_a_batch() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for number in 0..10 {
            udp.send(&mut lp, &[number], to, ok).unwrap();
        }
        lp.run(RunMode::Default).unwrap();
        let seen = Seen::new();
        for taken in 1..=5 {
            take_one(&mut lp, udp, &seen);
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.len(), taken);
        }
        // What is stopped before it began has taken nothing.
        take_one(&mut lp, udp, &seen);
        udp.recv_stop(&mut lp).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        // What comes meanwhile comes behind.
        for number in 10..15 {
            assert_eq!(udp.try_send(&mut lp, &[number], to), Ok(1));
        }
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, _, batch| {
            for datagram in batch.unwrap() {
                record.add(number(datagram.bytes));
            }
        })
        .unwrap();
        until(&mut lp, |_| seen.len() == 15);
        assert_eq!(seen.all(), (0..15).collect::<Vec<u8>>());
        close_and_end(lp, &[udp]);
    });
}

/// The callback is another one for each datagram, which it itself has set.
#[test]
fn handed_on() {
    scenario(|| {
        fn hand_on(cx: &mut Ctx, udp: Udp, seen: Seen<(u8, u8)>, reader: u8) {
            udp.recv_start(cx, move |cx, udp, datagram| {
                seen.add((reader, number(datagram.unwrap().bytes)));
                udp.recv_stop(cx).unwrap();
                hand_on(cx, udp, seen.clone(), reader + 1);
            })
            .unwrap();
        }
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let seen = Seen::new();
        hand_on(&mut lp, udp, seen.clone(), 0);
        for number in 0..40 {
            udp.send(&mut lp, &[number], to, ok).unwrap();
        }
        until(&mut lp, |_| seen.len() == 40);
        let expected: Vec<_> = (0..40).map(|number| (number, number)).collect();
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[udp]);
    });
}

/// What was kept is forgotten with the handle.
#[test]
fn and_closed() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for number in 0..10 {
            assert_eq!(udp.try_send(&mut lp, &[number], to), Ok(1));
        }
        let seen = Seen::new();
        take_one(&mut lp, udp, &seen);
        lp.run(RunMode::Default).unwrap();
        crate::common::close(&mut lp, udp);
        assert!(udp.recv_start(&mut lp, |_, _, _| ()).is_err());
        lp.run(RunMode::Default).unwrap();
        assert_eq!(seen.all(), [0]);
        end(lp);
    });
}
