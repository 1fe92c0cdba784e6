//! A hundred thousand datagrams, each with its number: what was sent was received, in order, or the kernel dropped it, and says so. Other systems than Linux keep no such account.

#![cfg(target_os = "linux")]

use std::net::Ipv4Addr;

use uvox_loop::{Ctx, Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{Seen, bound, close_and_end, scenario};

const ALL: u32 = 100_000;

/// How many datagrams the kernel had no room for, by its own account of the socket with that port.
fn dropped(port: u16) -> u32 {
    let sockets = std::fs::read_to_string("/proc/net/udp").unwrap();
    let own = format!(":{port:04X} ");
    let line = sockets.lines().find(|line| line.contains(&own)).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

/// Sends the next ones, as many at once as a flood has.
fn flood(cx: &mut Ctx, sender: Udp, to: std::net::SocketAddr, sent: &Seen<u32>) {
    for _ in 0..500 {
        let number = sent.len() as u32;
        if number == ALL {
            return;
        }
        sent.add(number);
        sender
            .send(cx, &number.to_ne_bytes(), to, |_, _, sent| {
                assert_eq!(sent, Ok(()));
            })
            .unwrap();
    }
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "other systems keep no such account"
)]
fn a_hundred_thousand() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        receiver.set_receive_buffer_size(&mut lp, 100_000).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        receiver
            .recv_start(&mut lp, move |_, _, datagram| {
                let bytes = datagram.unwrap().bytes;
                record.add(u32::from_ne_bytes(bytes.try_into().unwrap()));
            })
            .unwrap();
        let sent = Seen::new();
        while (sent.len() as u32) < ALL {
            flood(&mut lp, sender, to, &sent);
            lp.run(RunMode::NoWait).unwrap();
        }
        // What is sent on loopback has arrived, or never will.
        let mut before = usize::MAX;
        while seen.len() != before || sender.send_queue_count(&lp) > 0 {
            before = seen.len();
            lp.run(RunMode::NoWait).unwrap();
        }
        let seen = seen.all();
        let dropped = dropped(to.port());
        println!("{} received, {dropped} dropped", seen.len());
        assert_eq!(seen.len() as u32 + dropped, ALL);
        assert!(seen.is_sorted_by(|one, next| one < next));
        assert!(
            dropped > 0,
            "the kernel had room for a flood, so nothing was found out"
        );
        close_and_end(lp, &[sender, receiver]);
    });
}
