//! An address is found at once, but as in Node that is told in a tick: what is connected sends earlier, and one that is closed in the meantime sends nothing.

use std::net::UdpSocket;

use uvox::dgram::{self, Payload, SocketOptions, Target};
use uvox::env::next_tick;

use crate::common::{Seen, bound, place, program, scenario};

/// Somebody outside of the loop, who has received already what was sent to it.
fn other() -> (UdpSocket, u16) {
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    (other, port)
}

fn received(other: &UdpSocket) -> Vec<String> {
    other.set_nonblocking(true).unwrap();
    let mut bytes = [0; 64];
    let mut all = Vec::new();
    while let Ok(length) = other.recv(&mut bytes) {
        all.push(String::from_utf8(bytes[..length].to_vec()).unwrap());
    }
    all
}

#[test]
fn in_their_order() {
    scenario(|| {
        let (other, port) = other();
        program(|cx| {
            let connected = dgram::create_socket(cx, SocketOptions::udp4());
            let sender = bound(cx, |_, _| ());
            let connecting = connected.connect_then(cx, (port, "127.0.0.1"), move |cx, _| {
                let mut lent = *b"lent";
                let local = std::net::SocketAddr::from(([127, 0, 0, 1], port));
                sender.send(cx, &lent, local).unwrap();
                lent.fill(b'?');
                sender.send(cx, vec![b'v'; 3], port).unwrap();
                sender.send(cx, "", Target::port(port)).unwrap();
                let pieces = Payload::list(["pie", "ces"]);
                sender.send(cx, pieces, (port, "127.0.0.1")).unwrap();
                next_tick(cx, move |cx| {
                    // It comes behind those that have their ticks already.
                    connected.send(cx, "tick", Target::connected()).unwrap();
                    connected.close(cx).unwrap();
                });
                sender.send(cx, "behind it", port).unwrap();
                // This one looks nothing up.
                connected.send(cx, "at once", Target::connected()).unwrap();
                next_tick(cx, move |cx| sender.close(cx).unwrap());
            });
            connecting.unwrap();
        });
        let expected = ["at once", "lent", "vvv", "", "pieces", "tick", "behind it"];
        assert_eq!(received(&other), expected);
    });
}

#[test]
fn and_not_if_it_is_closed() {
    scenario(|| {
        let (other, port) = other();
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                socket.send(cx, "before", port).unwrap();
                next_tick(cx, move |cx| {
                    socket.send(cx, "too late", port).unwrap();
                    let told = move |_: &mut _, _| record.add("told");
                    socket.send_then(cx, "nor this", port, told).unwrap();
                    socket.close(cx).unwrap();
                    let closed = socket.send(cx, "closed", port).unwrap_err();
                    assert_eq!(closed.code(), "ERR_SOCKET_DGRAM_NOT_RUNNING");
                });
            });
        });
        assert_eq!(received(&other), ["before"]);
        assert!(seen.is_empty(), "as in Node, nobody is told");
    });
}

#[test]
fn many_at_once() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let to = place(cx, socket);
                for round in 0..3u8 {
                    for number in 0..50 {
                        socket.send(cx, &[round, number], to).unwrap();
                    }
                }
                socket.on_message(cx, move |cx, socket, bytes, rinfo| {
                    assert_eq!((rinfo.sender(), rinfo.size()), (Some(to), 2));
                    record.add((bytes[0], bytes[1]));
                    if bytes == [2, 49] {
                        socket.close(cx).unwrap();
                    }
                });
            });
        });
        let expected = (0..3).flat_map(|round| (0..50).map(move |number| (round, number)));
        assert!(seen.all().into_iter().eq(expected));
    });
}

#[test]
fn an_address_of_the_other_sort() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let loopback: std::net::SocketAddr = "[::1]:9".parse().unwrap();
                for to in [Target::from(loopback), Target::from((9, "::1"))] {
                    let told = record.clone();
                    let told = move |_: &mut _, sent: Result<usize, uvox::Error>| {
                        told.add(sent.unwrap_err().to_string());
                    };
                    socket.send_then(cx, "x", to, told).unwrap();
                }
                next_tick(cx, move |cx| {
                    next_tick(cx, move |cx| socket.close(cx).unwrap())
                });
            });
        });
        assert_eq!(seen.all(), ["send EINVAL ::1:9"; 2]);
    });
}
