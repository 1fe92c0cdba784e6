//! A hundred thousand datagrams, each with its number: what was sent was received, in order, or the kernel dropped it, and says so. Other systems than Linux
//! keep no such account.

#![cfg(target_os = "linux")]

use std::net::SocketAddr;

use uvox::dgram::{self, Socket, SocketOptions};
use uvox::env::set_immediate;
use uvox::event_loop::Ctx;

use crate::common::{Seen, bound, place, program, scenario};

const ALL: u32 = 100_000;

/// How many datagrams the kernel had no room for, by its own account of the socket with that port.
fn dropped(port: u16) -> u32 {
    let sockets = std::fs::read_to_string("/proc/net/udp").unwrap();
    let own = format!(":{port:04X} ");
    let line = sockets.lines().find(|line| line.contains(&own)).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

struct Flood {
    sender: Socket,
    receiver: Socket,
    to: SocketAddr,
    sent: u32,
    heard: Seen<u32>,
    before: usize,
}

/// Sends the next ones, more at once than there is room for; then waits until nothing more comes.
fn flood(cx: &mut Ctx, mut it: Flood) {
    let end = (it.sent + 500).min(ALL);
    let numbers: Vec<[u8; 4]> = (it.sent..end).map(u32::to_ne_bytes).collect();
    let messages = numbers.iter().map(|number| (&number[..], Some(it.to)));
    it.sent += it.sender.send_batch(cx, messages).unwrap() as u32;
    let is_over = it.sent == ALL && it.heard.len() == it.before;
    it.before = it.heard.len();
    if !is_over {
        set_immediate(cx, |cx| flood(cx, it));
        return;
    }
    let lost = dropped(it.to.port());
    println!("{} received, {lost} dropped", it.heard.len());
    assert_eq!(it.heard.len() as u32 + lost, ALL);
    assert!(
        lost > 0,
        "the kernel had room for a flood, so nothing was found out"
    );
    it.sender.close(cx).unwrap();
    it.receiver.close(cx).unwrap();
}

#[test]
fn a_hundred_thousand() {
    scenario(|| {
        let heard = Seen::new();
        let record = heard.clone();
        program(|cx| {
            let sender = dgram::create_socket(cx, SocketOptions::udp4());
            bound(cx, move |cx, receiver| {
                receiver.set_recv_buffer_size(cx, 100_000).unwrap();
                let to = place(cx, receiver);
                let told = record.clone();
                receiver.on_message(cx, move |_, _, bytes, _| {
                    told.add(u32::from_ne_bytes(bytes[..].try_into().unwrap()));
                });
                let it = Flood {
                    sender,
                    receiver,
                    to,
                    sent: 0,
                    heard: record,
                    before: usize::MAX,
                };
                flood(cx, it);
            });
        });
        assert!(heard.all().is_sorted_by(|one, next| one < next));
    });
}
