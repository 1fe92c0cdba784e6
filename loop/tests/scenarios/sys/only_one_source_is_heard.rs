//! A group that is joined for one source: what others send to it does not come.

use std::io::{IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::Errno;
use uvox_loop::sys::{self, Control, Membership, SockRef, Type};

use super::support::{LOOPBACK, bound, readable};
use crate::common::scenario;

const SOURCES: bool = cfg!(not(any(target_os = "netbsd", target_os = "openbsd")));

/// Sends a datagram of one byte to a group.
fn send(socket: &OwnedFd, to: SocketAddr, byte: u8) {
    let bytes = [byte];
    let buffers = [IoSlice::new(&bytes)];
    let sent = sys::sendmsg(
        socket.as_fd(),
        &buffers,
        Some(&to.into()),
        &Control::default(),
    );
    assert_eq!(sent, Ok(1));
}

/// Receives a datagram of one byte.
fn receive(socket: &OwnedFd) -> u8 {
    let byte = &mut [0];
    let into = &mut [IoSliceMut::new(byte)];
    let received = sys::recvmsg(readable(socket).as_fd(), into, None).unwrap();
    assert_eq!(received.count, 1);
    byte[0]
}

/// Joins for another source, then for the one that sends, and at last for none. What is sent to oneself has arrived when it
/// is sent, so what was not heard in between never will be.
fn hears_one<A: Copy>(
    sender: &OwnedFd,
    receiver: &OwnedFd,
    to: SocketAddr,
    [own, other]: [A; 2],
    set: impl Fn(A, Membership) -> Result<(), Errno>,
) {
    let nothing = || sys::bytes_readable(receiver.as_fd()) == Ok(0);
    set(other, Membership::Join).unwrap();
    send(sender, to, 1);
    set(own, Membership::Join).unwrap();
    assert_eq!(set(own, Membership::Join), Err(Errno::EADDRNOTAVAIL));
    send(sender, to, 2);
    assert_eq!(receive(receiver), 2);
    set(own, Membership::Leave).unwrap();
    assert_eq!(set(own, Membership::Leave), Err(Errno::EADDRNOTAVAIL));
    send(sender, to, 3);
    assert!(nothing());
    set(own, Membership::Join).unwrap();
    send(sender, to, 4);
    assert_eq!(receive(receiver), 4);
    assert!(nothing());
    set(own, Membership::Leave).unwrap();
    set(other, Membership::Leave).unwrap();
    send(sender, to, 5);
}

#[test]
fn only_one_source_is_heard() {
    scenario(|| {
        let group = Ipv4Addr::new(232, 1, 2, 3);
        let (sender, _) = bound("127.0.0.1", Type::DGRAM);
        let (receiver, at) = bound("0.0.0.0", Type::DGRAM);
        let interface = Ipv4Addr::LOCALHOST;
        SockRef::from(&sender)
            .set_multicast_if_v4(&interface)
            .unwrap();
        let set = |source, membership| {
            let socket = receiver.as_fd();
            sys::set_source_membership_v4(socket, group, source, interface, membership)
        };
        let sources = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(192, 0, 2, 1)];
        if !SOURCES {
            assert_eq!(set(sources[0], Membership::Join), Err(Errno::ENOTSUP));
            return;
        }
        let to = SocketAddr::from((group, at.port()));
        hears_one(&sender, &receiver, to, sources, set);
        // What is no group, and an interface that is not there.
        let join = |group, interface| {
            let (socket, membership) = (receiver.as_fd(), Membership::Join);
            sys::set_source_membership_v4(socket, group, sources[0], interface, membership)
        };
        let nowhere = join(group, Ipv4Addr::new(192, 0, 2, 77)).unwrap_err();
        assert!([Errno::ENODEV, Errno::EADDRNOTAVAIL].contains(&nowhere));
        assert_eq!(join(Ipv4Addr::LOCALHOST, interface), Err(Errno::EINVAL));
    });
}

/// Whether this machine listens to what this source sends to this group. Linux's loopback interface has no route to IPv6
/// groups, so nothing can be sent to one; but Linux tells whom it listens to.
fn listens(group: Ipv6Addr, source: Ipv6Addr) -> Option<bool> {
    let filters = std::fs::read_to_string("/proc/net/mcfilter6").ok()?;
    let digits = |address: Ipv6Addr| format!("{:032x}", address.to_bits());
    let (group, source) = (digits(group), digits(source));
    let mut lines = filters.lines();
    Some(lines.any(|line| line.contains(&format!("{group} {source}"))))
}

#[test]
fn only_one_source_is_heard_by_ipv6() {
    scenario(|| {
        let group = "ff31::8000:1234".parse().unwrap();
        let (receiver, _) = bound("[::]", Type::DGRAM);
        let interface = sys::if_nametoindex(LOOPBACK).unwrap();
        let [own, other] = [Ipv6Addr::LOCALHOST, "2001:db8::1".parse().unwrap()];
        let set = |group, source, interface, membership| {
            let socket = receiver.as_fd();
            sys::set_source_membership_v6(socket, group, source, interface, membership)
        };
        let join = |source| set(group, source, interface, Membership::Join);
        let leave = |source| set(group, source, interface, Membership::Leave);
        if !SOURCES {
            assert_eq!(join(own), Err(Errno::ENOTSUP));
            return;
        }
        let heard = || [own, other].map(|source| listens(group, source));
        let expect = |own, other| {
            if cfg!(target_os = "linux") {
                assert_eq!(heard(), [Some(own), Some(other)]);
            }
        };
        expect(false, false);
        join(own).unwrap();
        expect(true, false);
        assert_eq!(join(own), Err(Errno::EADDRNOTAVAIL));
        assert_eq!(leave(other), Err(Errno::EADDRNOTAVAIL));
        join(other).unwrap();
        expect(true, true);
        leave(own).unwrap();
        expect(false, true);
        leave(other).unwrap();
        expect(false, false);
        // What is no group, and an interface that is not there.
        let nowhere = set(group, own, u32::MAX, Membership::Join).unwrap_err();
        assert!([Errno::ENODEV, Errno::ENXIO, Errno::EADDRNOTAVAIL].contains(&nowhere));
        let alone = set(own, own, interface, Membership::Join);
        assert_eq!(alone, Err(Errno::EINVAL));
    });
}
