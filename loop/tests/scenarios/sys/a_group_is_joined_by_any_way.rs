//! All that a program may want of multicast and broadcast can be set: by `socket2`'s names, or by ours where those fail.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, SockRef, Type};

use super::support::{LOOPBACK, bound, readable};
use crate::common::scenario;

#[test]
fn a_group_is_joined_by_any_way() {
    scenario(|| {
        let (socket, at) = bound("0.0.0.0", Type::DGRAM);
        let group = Ipv4Addr::new(239, 1, 2, 3);
        let options = SockRef::from(&socket);
        options.set_broadcast(true).unwrap();
        options.set_ttl_v4(3).unwrap();
        options.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        sys::set_multicast_ttl_v4(socket.as_fd(), 7).unwrap();
        assert_eq!(options.multicast_ttl_v4().unwrap(), 7);
        assert_eq!(options.ttl_v4().unwrap(), 3);
        sys::set_multicast_ttl_v4(socket.as_fd(), 255).unwrap();
        assert_eq!(options.multicast_ttl_v4().unwrap(), 255);
        sys::set_multicast_loop_v4(socket.as_fd(), false).unwrap();
        assert!(!options.multicast_loop_v4().unwrap());
        sys::set_multicast_loop_v4(socket.as_fd(), true).unwrap();
        assert!(options.multicast_loop_v4().unwrap());

        let join = || options.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST);
        join().unwrap();
        assert_eq!(join().map_err(Errno::from), Err(Errno::EADDRINUSE));
        let to = SocketAddr::from((group, at.port()));
        let (sender, _) = bound("127.0.0.1", Type::DGRAM);
        SockRef::from(&sender)
            .set_multicast_if_v4(&Ipv4Addr::LOCALHOST)
            .unwrap();
        sys::connect(sender.as_fd(), to).unwrap();
        sys::send(sender.as_fd(), b"x").unwrap();
        assert_eq!(sys::recv(readable(&socket).as_fd(), &mut [0]), Ok(1));
        options
            .leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST)
            .unwrap();
    });
}

#[test]
fn a_group_of_ipv6_is_joined() {
    scenario(|| {
        let (socket, _) = bound("[::]", Type::DGRAM);
        let group: Ipv6Addr = "ff15::1234".parse().unwrap();
        let interface = sys::if_nametoindex(LOOPBACK).unwrap();
        let options = SockRef::from(&socket);
        options.set_unicast_hops_v6(3).unwrap();
        options.set_multicast_hops_v6(7).unwrap();
        assert_eq!(options.multicast_hops_v6().unwrap(), 7);
        assert_eq!(options.unicast_hops_v6().unwrap(), 3);
        options.set_multicast_loop_v6(false).unwrap();
        assert!(!options.multicast_loop_v6().unwrap());
        options.set_multicast_if_v6(interface).unwrap();
        assert_eq!(options.multicast_if_v6().unwrap(), interface);
        let join = || options.join_multicast_v6(&group, interface);
        join().unwrap();
        assert_eq!(join().map_err(Errno::from), Err(Errno::EADDRINUSE));
        let leave = || options.leave_multicast_v6(&group, interface);
        leave().unwrap();
        assert_eq!(leave().map_err(Errno::from), Err(Errno::EADDRNOTAVAIL));
    });
}
