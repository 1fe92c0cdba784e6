//! A group of IPv6: all that have joined it hear what is sent to it, until they leave it, or the sender does not want this machine to hear.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};

use uvox::Error;
use uvox::dgram::{self, BindOptions, Socket, SocketOptions};
use uvox::event_loop::Ctx;
use uvox::event_loop::sys;

use crate::common::{Seen, program, scenario};

/// One whose scope is the interface: nothing that is sent to it leaves the machine.
const GROUP: Ipv6Addr = Ipv6Addr::new(0xff11, 0, 0, 0, 0, 0, 7, 5);

/// An interface by which groups can be sent to, as Node wants it named. Often it is not the loopback interface, to which Linux has no such route unless it is told to.
fn interface() -> Option<String> {
    let socket = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).ok()?;
    let nobody = socket.local_addr().ok()?.port();
    let sender = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).ok()?;
    let index = (1..=64).find(|index| {
        let to = SocketAddrV6::new(GROUP, nobody, 0, *index);
        sender.send_to(b"", to).is_ok()
    })?;
    let name = sys::if_indextoname(index).ok()?;
    Some(format!("::%{name}"))
}

fn member(cx: &mut Ctx, heard: &Seen<(usize, String)>, number: usize) -> Socket {
    let socket = dgram::create_socket(cx, SocketOptions::udp6().reuse_addr(true));
    let record = heard.clone();
    socket.on_message(cx, move |_, _, bytes, _| {
        record.add((number, String::from_utf8_lossy(bytes).into_owned()));
    });
    socket
}

/// What each of the two heard.
fn heard_by(heard: &Seen<(usize, String)>, number: usize) -> Vec<String> {
    let all = heard.all().into_iter();
    all.filter(|(who, _)| *who == number)
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn groups_of_ipv6() {
    scenario(|| {
        let Some(interface) = interface() else {
            println!("this machine has no interface for groups of IPv6");
            return;
        };
        let heard = Seen::new();
        let record = heard.clone();
        program(|cx| {
            let [one, other] = [0, 1].map(|number| member(cx, &record, number));
            let sender = dgram::create_socket(cx, SocketOptions::udp6());
            let bound = move |cx: &mut Ctx, other: Socket| {
                let port = other.address(cx).unwrap().port;
                for member in [one, other] {
                    let join = |cx: &mut Ctx| {
                        member.add_membership(cx, &GROUP.to_string(), Some(&interface))
                    };
                    join(cx).unwrap();
                    let again = join(cx).unwrap_err();
                    assert_eq!(again.to_string(), "addMembership EADDRINUSE");
                }
                let all_bound = move |cx: &mut Ctx, sender: Socket| {
                    sender.set_multicast_interface(cx, &interface).unwrap();
                    sender.set_multicast_ttl(cx, 0).unwrap();
                    sender.set_multicast_loopback(cx, true).unwrap();
                    sender.send(cx, "both", group(port)).unwrap();
                    when_both_heard(cx, [one, other], sender, port, interface);
                };
                let options = BindOptions::new().address("::");
                sender.bind_then(cx, options, all_bound).unwrap();
            };
            let options = BindOptions::new().address("::");
            one.bind_then(cx, options, move |cx, one| {
                let port = one.address(cx).unwrap().port;
                let options = BindOptions::port(port).address("::");
                other.bind_then(cx, options, bound).unwrap();
            })
            .unwrap();
        });
        for number in [0, 1] {
            let heard = heard_by(&heard, number);
            assert_eq!(heard[0], "both");
            assert!(!heard.iter().any(|text| text == "nobody"), "{heard:?}");
        }
        let ends = heard.all().into_iter().filter(|(_, text)| text == "end");
        assert_eq!(ends.count(), 1, "to one address goes what is for one");
    });
}

/// The rest of it, when each of them has heard of the first.
fn when_both_heard(
    cx: &mut Ctx,
    members: [Socket; 2],
    sender: Socket,
    port: u16,
    interface: String,
) {
    let heard = Seen::new();
    for member in members {
        let (heard, interface) = (heard.clone(), interface.clone());
        member.on_message(cx, move |cx, _, bytes, _| {
            if bytes == b"end" {
                for socket in [members[0], members[1], sender] {
                    socket.close(cx).unwrap();
                }
                return;
            }
            heard.add(());
            if heard.len() < 2 {
                return;
            }
            // They are in it, but the sender does not want them to hear of it.
            sender.set_multicast_loopback(cx, false).unwrap();
            let interface = interface.clone();
            let unheard = move |cx: &mut Ctx, sent: Result<usize, Error>| {
                assert_eq!(sent.unwrap(), 6);
                sender.set_multicast_loopback(cx, true).unwrap();
                leave(cx, members, &interface);
                let end = move |cx: &mut Ctx, sent: Result<usize, Error>| {
                    assert_eq!(sent.unwrap(), 6);
                    sender.send(cx, "end", (port, "::1")).unwrap();
                };
                sender.send_then(cx, "nobody", group(port), end).unwrap();
            };
            sender
                .send_then(cx, "nobody", group(port), unheard)
                .unwrap();
        });
    }
}

fn leave(cx: &mut Ctx, members: [Socket; 2], interface: &str) {
    for member in members {
        let leave = |cx: &mut Ctx| member.drop_membership(cx, &GROUP.to_string(), Some(interface));
        leave(cx).unwrap();
        let again = leave(cx).unwrap_err();
        assert_eq!(again.to_string(), "dropMembership EADDRNOTAVAIL");
    }
}

fn group(port: u16) -> SocketAddr {
    SocketAddr::from((GROUP, port))
}
