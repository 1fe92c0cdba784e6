//! What is sent to a group comes to this machine, too, unless the sender does not want that; and at a TTL of 0 it comes to no other.
//!
//! The loopback interface has no way for it but to this machine, whatever the sender wants, so the machine must have another one. With a TTL of 0 nothing
//! goes out by that.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use uvox_loop::{Loop, RunMode};
use uvox_udp::uv::{Interface, Membership};

use crate::common::{bound, close_and_end, listen, ok, scenario, texts, until};

/// The address of an interface that leads elsewhere. To ask for the way there sends nothing.
fn own_address() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("192.0.2.1:9").ok()?;
    match socket.local_addr().unwrap().ip() {
        IpAddr::V4(own) if !own.is_loopback() => Some(own),
        _ => None,
    }
}

#[test]
fn loopback_off() {
    scenario(|| {
        let Some(own) = own_address() else {
            println!("this machine has no way to anywhere");
            return;
        };
        let mut lp = Loop::new().unwrap();
        let group = IpAddr::V4(Ipv4Addr::new(239, 255, 7, 2));
        let interface = Interface::Address(own);
        let (udp, at) = bound(&mut lp, Ipv4Addr::UNSPECIFIED);
        udp.set_membership(&mut lp, group, interface, Membership::Join)
            .unwrap();
        udp.set_multicast_interface(&mut lp, interface).unwrap();
        udp.set_multicast_ttl(&mut lp, 0).unwrap();
        let heard = listen(&mut lp, udp);
        let to = SocketAddr::from((group, at.port()));
        udp.send(&mut lp, b"heard", to, ok).unwrap();
        until(&mut lp, |_| heard.len() == 1);
        udp.set_multicast_loop(&mut lp, false).unwrap();
        udp.send(&mut lp, b"not heard", to, ok).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        udp.set_multicast_loop(&mut lp, true).unwrap();
        udp.send(&mut lp, b"again", to, ok).unwrap();
        until(&mut lp, |_| heard.len() == 2);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(heard.all(), texts(&["heard", "again"]));
        close_and_end(lp, &[udp]);
    });
}
