//! What is set, the kernel tells; what cannot be is refused; and without a socket there is nothing to set it on.

use std::net::Ipv4Addr;

use uvox_loop::sys::SockRef;
use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{Interface, Udp};

use crate::common::{bound, close_and_end, scenario};

#[test]
fn options_read_back() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        udp.set_ttl(&mut lp, 255).unwrap();
        udp.set_ttl(&mut lp, 3).unwrap();
        udp.set_multicast_ttl(&mut lp, 0).unwrap();
        udp.set_multicast_ttl(&mut lp, 7).unwrap();
        udp.set_multicast_loop(&mut lp, false).unwrap();
        udp.set_broadcast(&mut lp, true).unwrap();
        let loopback = Interface::Address(Ipv4Addr::LOCALHOST);
        udp.set_multicast_interface(&mut lp, loopback).unwrap();
        let fd = udp.fd(&mut lp).unwrap();
        let socket = SockRef::from(&fd);
        assert_eq!(socket.ttl_v4().unwrap(), 3);
        assert_eq!(socket.multicast_ttl_v4().unwrap(), 7);
        assert!(!socket.multicast_loop_v4().unwrap());
        assert!(socket.broadcast().unwrap());
        assert_eq!(socket.multicast_if_v4().unwrap(), Ipv4Addr::LOCALHOST);
        udp.set_multicast_interface(&mut lp, Interface::Any)
            .unwrap();
        let fd = udp.fd(&mut lp).unwrap();
        let interface = SockRef::from(&fd).multicast_if_v4().unwrap();
        assert_eq!(interface, Ipv4Addr::UNSPECIFIED);

        for wrong in [-1, 0, 256, i32::MAX] {
            assert_eq!(udp.set_ttl(&mut lp, wrong), Err(Errno::EINVAL));
            if wrong != 0 {
                let set = udp.set_multicast_ttl(&mut lp, wrong);
                assert_eq!(set, Err(Errno::EINVAL));
            }
        }

        // At least as much, if the kernel has no other opinion.
        udp.set_send_buffer_size(&mut lp, 20_000).unwrap();
        udp.set_receive_buffer_size(&mut lp, 30_000).unwrap();
        assert!(udp.send_buffer_size(&mut lp).unwrap() >= 20_000);
        assert!(udp.receive_buffer_size(&mut lp).unwrap() >= 30_000);
        if cfg!(target_os = "linux") {
            assert_eq!(udp.send_buffer_size(&mut lp), Ok(40_000));
            assert_eq!(udp.receive_buffer_size(&mut lp), Ok(60_000));
        }
        close_and_end(lp, &[udp]);
    });
}

#[test]
fn without_a_socket() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let udp = Udp::new(&mut lp);
        let lp = &mut lp;
        let said = [
            udp.set_ttl(lp, 3),
            udp.set_multicast_ttl(lp, 3),
            udp.set_multicast_loop(lp, true),
            udp.set_multicast_interface(lp, Interface::Any),
            udp.set_broadcast(lp, true),
            udp.set_send_buffer_size(lp, 10_000),
            udp.set_receive_buffer_size(lp, 10_000),
            udp.send_buffer_size(lp).map(drop),
            udp.receive_buffer_size(lp).map(drop),
            udp.receive_packet_info(lp, true),
            udp.receive_ecn(lp, true),
            udp.receive_coalesced(lp, true),
            udp.getsockname(lp).map(drop),
            udp.getpeername(lp).map(drop),
        ];
        assert_eq!(said, [Err(Errno::EBADF); 14]);
        assert_eq!(udp.set_ttl(lp, 0), Err(Errno::EINVAL));
        uvox_testing::close(lp, udp);
        lp.run(uvox_loop::RunMode::Default).unwrap();
    });
}
