//! A group that is joined as far as one source sends to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::uv::{Interface, Membership, Udp};

use crate::common::{bound, close_and_end, listen, ok, scenario, texts, until};

const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(232, 255, 7, 3));
const LOOPBACK: Interface = Interface::Address(Ipv4Addr::LOCALHOST);

#[test]
#[cfg_attr(
    any(target_os = "netbsd", target_os = "openbsd"),
    ignore = "they know no sources"
)]
fn one_source_only() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        sender.set_multicast_interface(&mut lp, LOOPBACK).unwrap();
        let (udp, at) = bound(&mut lp, Ipv4Addr::UNSPECIFIED);
        let heard = listen(&mut lp, udp);
        let to = SocketAddr::from((GROUP, at.port()));
        let [own, other] = [[127, 0, 0, 1], [192, 0, 2, 1]].map(IpAddr::from);
        let set = |lp: &mut Loop, source, membership| {
            udp.set_source_membership(lp, GROUP, source, LOOPBACK, membership)
        };
        set(&mut lp, other, Membership::Join).unwrap();
        sender.send(&mut lp, b"other", to, ok).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        set(&mut lp, own, Membership::Join).unwrap();
        let again = set(&mut lp, own, Membership::Join);
        assert_eq!(again, Err(Errno::EADDRNOTAVAIL));
        sender.send(&mut lp, b"own", to, ok).unwrap();
        until(&mut lp, |_| heard.len() == 1);
        set(&mut lp, own, Membership::Leave).unwrap();
        let again = set(&mut lp, own, Membership::Leave);
        assert_eq!(again, Err(Errno::EADDRNOTAVAIL));
        sender.send(&mut lp, b"none", to, ok).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(heard.all(), texts(&["own"]));
        close_and_end(lp, &[udp, sender]);
    });
}

/// By IPv6, and what cannot be.
#[test]
#[cfg_attr(
    any(target_os = "netbsd", target_os = "openbsd"),
    ignore = "they know no sources"
)]
fn of_which_version() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (four, six) = (Udp::new(&mut lp), Udp::new(&mut lp));
        let group: IpAddr = "ff31::8000:1235".parse().unwrap();
        let sources = ["::1", "2001:db8::1"].map(|source| source.parse::<IpAddr>().unwrap());
        let loopback = Interface::Index(super::of_ipv6::loopback());
        let [join, leave] = [Membership::Join, Membership::Leave];
        for udp in [four, six] {
            let crossed = udp.set_source_membership(&mut lp, GROUP, sources[0], LOOPBACK, join);
            assert_eq!(crossed, Err(Errno::EINVAL));
            assert!(udp.fd(&mut lp).is_none());
        }
        if crate::common::hosts().len() == 2 {
            for source in sources {
                six.set_source_membership(&mut lp, group, source, loopback, join)
                    .unwrap();
            }
            for source in sources {
                six.set_source_membership(&mut lp, group, source, loopback, leave)
                    .unwrap();
                let again = six.set_source_membership(&mut lp, group, source, loopback, leave);
                // With the last source Linux leaves the group, and then it is the group that is not joined.
                assert!([Err(Errno::EADDRNOTAVAIL), Err(Errno::EINVAL)].contains(&again));
            }
        }
        let local = [127, 0, 0, 1].into();
        four.set_source_membership(&mut lp, GROUP, local, LOOPBACK, join)
            .unwrap();
        let whole = four.set_membership(&mut lp, GROUP, LOOPBACK, join);
        assert!(whole.is_err());
        let by_number = four.set_source_membership(&mut lp, GROUP, local, loopback, join);
        assert_eq!(by_number, Err(Errno::EINVAL));
        close_and_end(lp, &[four, six]);
    });
}
