//! Who has joined a group hears what is sent to it, until it leaves.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::uv::{BindFlags, Interface, Membership, Udp};

use crate::common::{any_port, bound, close_and_end, listen, ok, scenario, texts, until};

const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(239, 255, 7, 1));
const LOOPBACK: Interface = Interface::Address(Ipv4Addr::LOCALHOST);

#[test]
fn joined_and_left() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        sender.set_multicast_interface(&mut lp, LOOPBACK).unwrap();
        sender.set_multicast_ttl(&mut lp, 1).unwrap();
        // Two that share the port: each gets its own.
        let first = Udp::new(&mut lp);
        let any = any_port(Ipv4Addr::UNSPECIFIED);
        first.bind(&mut lp, any, BindFlags::REUSE_ADDRESS).unwrap();
        let port = first.getsockname(&mut lp).unwrap().port();
        let second = Udp::new(&mut lp);
        let shared = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        second
            .bind(&mut lp, shared, BindFlags::REUSE_ADDRESS)
            .unwrap();
        let heard = [first, second].map(|udp| listen(&mut lp, udp));
        let to = SocketAddr::from((GROUP, port));
        for udp in [first, second] {
            udp.set_membership(&mut lp, GROUP, LOOPBACK, Membership::Join)
                .unwrap();
            let again = udp.set_membership(&mut lp, GROUP, LOOPBACK, Membership::Join);
            assert_eq!(again, Err(Errno::EADDRINUSE));
        }
        sender.send(&mut lp, b"both", to, ok).unwrap();
        until(&mut lp, |_| heard.iter().all(|heard| heard.len() == 1));
        first
            .set_membership(&mut lp, GROUP, LOOPBACK, Membership::Leave)
            .unwrap();
        let again = first.set_membership(&mut lp, GROUP, LOOPBACK, Membership::Leave);
        assert_eq!(again, Err(Errno::EADDRNOTAVAIL));
        #[cfg(target_os = "linux")]
        {
            // By itself Linux lets a socket hear what any other of the machine has joined.
            let first = first.fd(&mut lp).unwrap();
            uvox_loop::sys::SockRef::from(&first)
                .set_multicast_all_v4(false)
                .unwrap();
        }
        sender.send(&mut lp, b"one", to, ok).unwrap();
        until(&mut lp, |_| heard[1].len() == 2);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(heard[0].all(), texts(&["both"]));
        assert_eq!(heard[1].all(), texts(&["both", "one"]));
        close_and_end(lp, &[sender, first, second]);
    });
}

/// A handle without a socket gets one; and what is wrong is said.
#[test]
fn without_a_socket() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let join = Membership::Join;
        let udp = Udp::new(&mut lp);
        udp.set_membership(&mut lp, GROUP, LOOPBACK, join).unwrap();
        assert!(udp.getsockname(&mut lp).unwrap().port() > 0);
        let no_group = udp.set_membership(&mut lp, [127, 0, 0, 1].into(), LOOPBACK, join);
        assert_eq!(no_group, Err(Errno::EINVAL));
        let by_number = udp.set_membership(&mut lp, GROUP, Interface::Index(1), join);
        assert_eq!(by_number, Err(Errno::EINVAL));
        let nowhere = Interface::Address(Ipv4Addr::new(192, 0, 2, 77));
        let nowhere = udp
            .set_membership(&mut lp, GROUP, nowhere, join)
            .unwrap_err();
        assert!([Errno::ENODEV, Errno::EADDRNOTAVAIL].contains(&nowhere));
        close_and_end(lp, &[udp]);
    });
}
