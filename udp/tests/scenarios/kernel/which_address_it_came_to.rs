//! Which of this machine's addresses a datagram was sent to, and by which interface it came; and to answer from there.

use std::net::{Ipv4Addr, SocketAddr};

use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{BindFlags, Control, PacketInfo, Udp};

use crate::common::{Seen, any_port, close_and_end, ok, scenario, until};

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the loopback interface has one address"
)]
fn which_address_it_came_to() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let server = Udp::new(&mut lp);
        let any = any_port(Ipv4Addr::UNSPECIFIED);
        server.bind(&mut lp, any, BindFlags::NONE).unwrap();
        let port = server.getsockname(&mut lp).unwrap().port();
        server.receive_packet_info(&mut lp, true).unwrap();
        let infos = Seen::new();
        let record = infos.clone();
        server
            .recv_start(&mut lp, move |cx, server, datagram| {
                let datagram = datagram.unwrap();
                let info = datagram.control.packet_info.unwrap();
                record.add(info);
                let from_there = Control {
                    packet_info: Some(PacketInfo {
                        interface: 0,
                        ..info
                    }),
                    ..Control::default()
                };
                let answer = [std::io::IoSlice::new(datagram.bytes)];
                let to = datagram.sender();
                server.send_with(cx, &answer, to, &from_there, ok).unwrap();
            })
            .unwrap();
        let client = Udp::new(&mut lp);
        let senders = Seen::new();
        let record = senders.clone();
        client
            .recv_start(&mut lp, move |_, _, datagram| {
                record.add(datagram.unwrap().sender().unwrap());
            })
            .unwrap();
        let addresses = [1, 2, 3].map(|last| SocketAddr::from(([127, 0, 0, last], port)));
        for to in addresses {
            client.send(&mut lp, b"x", to, ok).unwrap();
        }
        until(&mut lp, |_| senders.len() == 3);
        assert_eq!(senders.all(), addresses);
        let loopback = uvox_loop::sys::if_nametoindex("lo").unwrap();
        let expected = addresses.map(|to| PacketInfo {
            address: to.ip(),
            interface: loopback,
        });
        assert_eq!(infos.all(), expected);
        // From an address that is not this machine's nothing goes out.
        let foreign = Control {
            packet_info: Some(PacketInfo {
                address: [192, 0, 2, 77].into(),
                interface: 0,
            }),
            ..Control::default()
        };
        let one = [std::io::IoSlice::new(b"x")];
        let refused = client.try_send_with(&mut lp, &one, addresses[0], &foreign);
        assert!(
            matches!(refused, Err(Errno::EINVAL | Errno::ENETUNREACH)),
            "{refused:?}"
        );
        close_and_end(lp, &[server, client]);
    });
}

#[test]
fn by_ipv6() {
    scenario(|| {
        let localhost = "::1".parse().unwrap();
        if !crate::common::hosts().contains(&localhost) {
            return;
        }
        let mut lp = Loop::new().unwrap();
        let (udp, to) = crate::common::bound(&mut lp, localhost);
        udp.receive_packet_info(&mut lp, true).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start(&mut lp, move |_, _, datagram| {
            record.add(datagram.unwrap().control.packet_info.unwrap().address);
        })
        .unwrap();
        udp.send(&mut lp, b"x", to, ok).unwrap();
        until(&mut lp, |_| seen.len() == 1);
        udp.receive_packet_info(&mut lp, false).unwrap();
        assert_eq!(seen.all(), [localhost]);
        close_and_end(lp, &[udp]);
    });
}
