//! Packet information: the address a datagram was sent to and its interface, for each datagram, and the source to send from.

use std::io::{IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::sys::{self, Control, Domain, RawAddress, Received, Type};

use super::support::{bound, readable};
use crate::common::scenario;

fn send(socket: &OwnedFd, to: SocketAddr, control: &Control) {
    let one = [IoSlice::new(b"x")];
    let sent = sys::sendmsg(socket.as_fd(), &one, Some(&to.into()), control);
    assert_eq!(sent, Ok(1));
}

fn receive(socket: &OwnedFd) -> (Received, SocketAddr) {
    let mut from = RawAddress::NONE;
    let byte = &mut [0];
    let into = &mut [IoSliceMut::new(byte)];
    let received = sys::recvmsg(readable(socket).as_fd(), into, Some(&mut from)).unwrap();
    assert_eq!(received.count, 1);
    (received, from.ip().unwrap())
}

#[test]
fn a_datagram_says_where_it_came_in() {
    scenario(|| {
        for (any, one) in [
            ("0.0.0.0", IpAddr::V4(Ipv4Addr::LOCALHOST)),
            ("[::]", IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ] {
            let (receiver, address) = bound(any, Type::DGRAM);
            let domain = Domain::for_address(address);
            let to = SocketAddr::new(one, address.port());
            let sender = sys::socket(domain, Type::DGRAM, None).unwrap();
            // Nothing is said unless it is asked for.
            send(&sender, to, &Control::default());
            assert!(receive(&receiver).0.control.is_empty());

            sys::receive_packet_info(receiver.as_fd(), domain, true).unwrap();
            send(&sender, to, &Control::default());
            let (received, from) = receive(&receiver);
            let info = received.control.packet_info.unwrap();
            assert_eq!(info.address, one);
            assert!(info.interface != 0 || (domain == Domain::IPV4 && cfg!(target_os = "freebsd")));
            assert!(!received.control_truncated);

            // The answer, from the address the question was sent to.
            send(
                &receiver,
                SocketAddr::new(one, from.port()),
                &received.control,
            );
            assert_eq!(receive(&sender).1, to);

            sys::receive_packet_info(receiver.as_fd(), domain, false).unwrap();
            send(&sender, to, &Control::default());
            assert!(receive(&receiver).0.control.is_empty());
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_datagram_is_sent_from_another_address_of_the_machine() {
    scenario(|| {
        let (receiver, address) = bound("127.0.0.1", Type::DGRAM);
        let sender = sys::socket(Domain::IPV4, Type::DGRAM, None).unwrap();
        for source in [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)] {
            let info = sys::PacketInfo {
                address: source.into(),
                interface: 0,
            };
            let control = Control {
                packet_info: Some(info),
                ..Control::default()
            };
            send(&sender, address, &control);
            assert_eq!(receive(&receiver).1.ip(), source);
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn an_ipv6_socket_tells_of_ipv4_as_well() {
    scenario(|| {
        let receiver = sys::socket(Domain::IPV6, Type::DGRAM, None).unwrap();
        sys::SockRef::from(&receiver).set_only_v6(false).unwrap();
        let any = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0);
        sys::bind(receiver.as_fd(), any).unwrap();
        let address = sys::getsockname(receiver.as_fd()).unwrap().ip().unwrap();
        sys::receive_packet_info(receiver.as_fd(), Domain::IPV6, true).unwrap();
        sys::receive_traffic_class(receiver.as_fd(), Domain::IPV6, true).unwrap();
        let (sender, from) = bound("127.0.0.1", Type::DGRAM);
        let mut control = Control::default();
        control.set_ecn(sys::Ecn::Capable1);
        send(
            &sender,
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
            &control,
        );
        let (received, peer) = receive(&receiver);
        let mapped = IpAddr::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped());
        assert_eq!(received.control.packet_info.unwrap().address, mapped);
        assert_eq!(received.control.ecn(), Some(sys::Ecn::Capable1));
        // And answers from that address, with what it was told.
        send(&receiver, peer, &received.control);
        assert_eq!(receive(&sender).1.port(), address.port());
        assert_eq!(peer.port(), from.port());
    });
}
