//! Two sockets share a port, and what is sent to it: each datagram comes to one of them, and those of one sender to the same.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};

use uvox::dgram::{self, BindOptions, Socket, SocketOptions};
use uvox::event_loop::Ctx;

use crate::common::{Seen, place, program, scenario};

/// So many that they do not all fall to one of the two, but by a chance of one in 2^63.
const SENDERS: usize = 64;

/// How many each of them sends.
const EACH: usize = 3;

fn options() -> SocketOptions {
    SocketOptions::udp4().reuse_port(true)
}

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android", target_os = "freebsd")),
    ignore = "sockets that share a port do not share its load"
)]
fn two_share_a_port() {
    scenario(|| {
        let heard = Seen::new();
        let record = heard.clone();
        program(|cx| {
            let sockets = [(); 2].map(|()| dgram::create_socket(cx, options()));
            for (number, socket) in sockets.into_iter().enumerate() {
                let record = record.clone();
                socket.on_message(cx, move |cx, _, _, sender| {
                    record.add((sender.sender().unwrap(), number));
                    if record.len() == SENDERS * EACH {
                        for socket in sockets {
                            socket.close(cx).unwrap();
                        }
                    }
                });
            }
            let [first, second] = sockets;
            let any = BindOptions::new().address("127.0.0.1");
            let both = |cx: &mut Ctx, socket: Socket| send_to(place(cx, socket));
            let first_bound = move |cx: &mut Ctx, first: Socket| {
                let same = BindOptions::port(place(cx, first).port()).address("127.0.0.1");
                second.bind_then(cx, same, both).unwrap();
            };
            first.bind_then(cx, any, first_bound).unwrap();
        });
        let mut receivers: HashMap<SocketAddr, Vec<usize>> = HashMap::new();
        for (sender, number) in heard.all() {
            receivers.entry(sender).or_default().push(number);
        }
        assert_eq!(receivers.len(), SENDERS);
        for numbers in receivers.values() {
            assert!([[0; EACH], [1; EACH]].iter().any(|same| numbers == same));
        }
        let mut firsts = receivers.values().map(|numbers| numbers[0]);
        assert!(firsts.clone().any(|number| number == 0) && firsts.any(|number| number == 1));
    });
}

fn send_to(place: SocketAddr) {
    // All of them are there at once, so that none has another's port.
    let senders = [(); SENDERS].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    for sender in senders {
        for _ in 0..EACH {
            sender.send_to(b"x", place).unwrap();
        }
    }
}

/// One that does not share it keeps others from it, and they who do not, too.
#[test]
fn one_that_does_not_share_it() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            let alone = dgram::create_socket(cx, SocketOptions::udp4());
            let sharing = dgram::create_socket(cx, options());
            sharing.on_error(cx, move |cx, sharing, error| {
                record.add(error.to_string());
                sharing.close(cx).unwrap();
                alone.close(cx).unwrap();
            });
            let any = BindOptions::new().address("127.0.0.1");
            let bound = move |cx: &mut Ctx, alone: Socket| {
                let same = BindOptions::port(place(cx, alone).port()).address("127.0.0.1");
                sharing.bind(cx, same).unwrap();
            };
            alone.bind_then(cx, any, bound).unwrap();
        });
        let said = seen.all();
        assert_eq!(said.len(), 1);
        let expected = ["bind EADDRINUSE 127.0.0.1", "bind ENOTSUP 127.0.0.1"];
        assert!(
            expected.iter().any(|text| said[0].starts_with(text)),
            "{said:?}"
        );
    });
}
