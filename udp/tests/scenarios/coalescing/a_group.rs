//! What is sent to a group goes together, too, and each of those who have joined gets every datagram.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use uvox_loop::Loop;
use uvox_udp::uv::{BindFlags, Interface, Membership, Udp};

use super::{all_of, messages, numbered, took, try_all};
use crate::common::{COALESCES, any_port, bound, close_and_end, listen, scenario, until};

const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(239, 255, 7, 9));
const LOOPBACK: Interface = Interface::Address(Ipv4Addr::LOCALHOST);

#[test]
fn a_group() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        sender.set_multicast_interface(&mut lp, LOOPBACK).unwrap();
        let mut port = any_port(Ipv4Addr::UNSPECIFIED);
        let members = [(); 2].map(|()| {
            let member = Udp::new(&mut lp);
            member
                .bind(&mut lp, port, BindFlags::REUSE_ADDRESS)
                .unwrap();
            member
                .set_membership(&mut lp, GROUP, LOOPBACK, Membership::Join)
                .unwrap();
            port = member.getsockname(&mut lp).unwrap();
            member
        });
        let heard = members.map(|member| listen(&mut lp, member));
        let datagrams = numbered(&[60; 20]);
        let to = SocketAddr::from((GROUP, port.port()));
        let (sent, calls) = messages(|| try_all(&mut lp, sender, &datagrams, Some(to)));
        assert_eq!(sent, Ok(20));
        if COALESCES {
            assert_eq!(calls, took(&[1]));
        }
        until(&mut lp, |_| heard.iter().all(|heard| heard.len() == 20));
        for heard in heard {
            assert_eq!(heard.all(), all_of(&datagrams));
        }
        close_and_end(lp, &[sender, members[0], members[1]]);
    });
}
