//! A turn brings 32 datagrams of one socket, or as many as the loop was told, and the rest comes in later turns, without another word from the kernel; two busy
//! sockets take turns.

use std::net::Ipv4Addr;

use uvox_loop::{Loop, RunMode};

use crate::common::{Seen, bound, close_and_end, scenario};

fn bounded(mut lp: Loop, bound_is: usize) {
    let seen = Seen::new();
    let handles = [0, 1].map(|which| {
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for _ in 0..100 {
            assert_eq!(udp.try_send(&mut lp, b"x", to), Ok(1));
        }
        let record = seen.clone();
        udp.recv_start(&mut lp, move |_, _, datagram| {
            assert_eq!(datagram.unwrap().bytes, b"x");
            record.add(which);
        })
        .unwrap();
        udp
    });
    let mut left = [100; 2];
    while left != [0; 2] {
        lp.run(RunMode::NoWait).unwrap();
        let seen = seen.take();
        for (which, left) in left.iter_mut().enumerate() {
            let count = seen.iter().filter(|handle| **handle == which).count();
            assert_eq!(count, bound_is.min(*left));
            *left -= count;
        }
    }
    close_and_end(lp, &handles);
}

#[test]
fn thirty_two() {
    scenario(|| bounded(Loop::new().unwrap(), 32));
}

#[test]
fn as_many_as_the_loop_was_told() {
    scenario(|| {
        for many in [1, 7, 64, 90] {
            let builder = Loop::builder().budgets(|budgets| budgets.datagrams = many);
            bounded(builder.build().unwrap(), many as usize);
        }
    });
}
