//! Groups of IPv6, by the number of an interface. Linux's loopback interface has no route to them, so nothing is sent to one.

use std::net::{IpAddr, Ipv4Addr};

use uvox_loop::sys::{self, SockRef};
use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{Interface, Membership, Udp};

use crate::common::{close_and_end, hosts, scenario};

/// The number of the interface that leads back to this machine.
pub(super) fn loopback() -> u32 {
    let name = if cfg!(target_os = "linux") {
        "lo"
    } else {
        "lo0"
    };
    sys::if_nametoindex(name).unwrap()
}

#[test]
fn of_ipv6() {
    scenario(|| {
        if hosts().len() < 2 {
            return;
        }
        let mut lp = Loop::new().unwrap();
        let group: IpAddr = "ff15::1235".parse().unwrap();
        let interface = Interface::Index(loopback());
        let [join, leave] = [Membership::Join, Membership::Leave];
        let udp = Udp::new(&mut lp);
        udp.set_membership(&mut lp, group, interface, join).unwrap();
        assert!(udp.getsockname(&mut lp).unwrap().is_ipv6());
        let again = udp.set_membership(&mut lp, group, interface, join);
        assert_eq!(again, Err(Errno::EADDRINUSE));
        udp.set_membership(&mut lp, group, interface, leave)
            .unwrap();
        let again = udp.set_membership(&mut lp, group, interface, leave);
        assert_eq!(again, Err(Errno::EADDRNOTAVAIL));
        let by_address = Interface::Address(Ipv4Addr::LOCALHOST);
        let by_address = udp.set_membership(&mut lp, group, by_address, join);
        assert_eq!(by_address, Err(Errno::EINVAL));
        let nowhere = udp.set_membership(&mut lp, group, Interface::Index(u32::MAX), join);
        assert!(nowhere.is_err());

        udp.set_multicast_interface(&mut lp, interface).unwrap();
        udp.set_multicast_ttl(&mut lp, 7).unwrap();
        udp.set_multicast_loop(&mut lp, false).unwrap();
        udp.set_ttl(&mut lp, 3).unwrap();
        let fd = udp.fd(&mut lp).unwrap();
        let socket = SockRef::from(&fd);
        assert_eq!(socket.multicast_if_v6().unwrap(), loopback());
        assert_eq!(socket.multicast_hops_v6().unwrap(), 7);
        assert!(!socket.multicast_loop_v6().unwrap());
        assert_eq!(socket.unicast_hops_v6().unwrap(), 3);
        udp.set_multicast_interface(&mut lp, Interface::Any)
            .unwrap();
        let fd = udp.fd(&mut lp).unwrap();
        assert_eq!(SockRef::from(&fd).multicast_if_v6().unwrap(), 0);
        close_and_end(lp, &[udp]);
    });
}
