//! Addresses that are given, chosen, taken and refused.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use uvox_loop::sys::Domain;
use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{BindFlags, Udp};

use crate::common::{any_port, bound, close_and_end, end, hosts, scenario};

#[test]
fn given_and_chosen() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (first, taken) = bound(&mut lp, host);
            assert!(taken.ip() == host && taken.port() > 0);
            let second = Udp::new(&mut lp);
            let refused = second.bind(&mut lp, taken, BindFlags::NONE);
            assert_eq!(refused, Err(Errno::EADDRINUSE));
            // It can be bound to another.
            let port_0 = any_port(host);
            second.bind(&mut lp, port_0, BindFlags::NONE).unwrap();
            let again = second.bind(&mut lp, port_0, BindFlags::NONE);
            assert_eq!(again, Err(Errno::EINVAL));
            let third = Udp::with_socket(&mut lp, Domain::for_address(taken)).unwrap();
            assert_eq!(third.getsockname(&mut lp).unwrap().port(), 0);
            third.bind(&mut lp, port_0, BindFlags::NONE).unwrap();
            close_and_end(lp, &[first, second, third]);
        }
    });
}

#[test]
fn refused() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let udp = Udp::new(&mut lp);
        let foreign = SocketAddr::from(([192, 0, 2, 77], 0));
        let none = BindFlags::NONE;
        assert_eq!(udp.bind(&mut lp, foreign, none), Err(Errno::EADDRNOTAVAIL));
        let four = any_port(Ipv4Addr::LOCALHOST);
        let only_six = udp.bind(&mut lp, four, BindFlags::IPV6_ONLY);
        assert_eq!(only_six, Err(Errno::EINVAL));
        let six = any_port(Ipv6Addr::LOCALHOST);
        assert_eq!(udp.bind(&mut lp, six, none), Err(Errno::EINVAL));
        assert_eq!(
            Udp::with_socket(&mut lp, Domain::UNIX).unwrap_err(),
            Errno::EINVAL
        );
        let (stream, _other) = uvox_testing::tcp_pair();
        let fresh = Udp::new(&mut lp);
        assert_eq!(fresh.open(&mut lp, stream), Err(Errno::EINVAL));
        let file = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(fresh.open(&mut lp, file), Err(Errno::ENOTSOCK));
        close_and_end(lp, &[udp, fresh]);
    });
}

#[test]
fn flags_are_libuvs() {
    let all = BindFlags::IPV6_ONLY | BindFlags::REUSE_ADDRESS | BindFlags::RECEIVE_ERRORS;
    let all = all | BindFlags::REUSE_PORT;
    assert_eq!(all.bits(), 1 | 4 | 32 | 64);
    assert_eq!(BindFlags::from_bits(101), Some(all));
    assert_eq!(BindFlags::from_bits(2), None);
    assert!(all.contains(BindFlags::REUSE_PORT) && !BindFlags::NONE.contains(all));
}

/// A handle that could not be made leaves nothing.
#[test]
fn no_descriptor_left() {
    use uvox_loop::sys::fault::{self, Effect, Fault};
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let none = Effect::Fail(Errno::EMFILE);
        let faults = fault::plan([1; 3].map(|nth| Fault::new("socket", nth, none)));
        let made = Udp::with_socket(&mut lp, Domain::IPV4);
        assert_eq!(made.unwrap_err(), Errno::EMFILE);
        let udp = Udp::new(&mut lp);
        let started = udp.recv_start(&mut lp, |_, _, _| ());
        assert_eq!(started, Err(Errno::EMFILE));
        let to = any_port(Ipv4Addr::LOCALHOST);
        let sent = udp.send(&mut lp, b"x", to, |_, _, _| panic!("it is not sent"));
        assert_eq!((sent, faults.left()), (Err(Errno::EMFILE), 0));
        assert!(!lp.is_active(udp) && !lp.alive());
        crate::common::close(&mut lp, udp);
        lp.run(uvox_loop::RunMode::Default).unwrap();
        end(lp);
    });
}
