//! Linux's queue of errors: which datagram met which error, where it was bound for, and who said so.

#![cfg(target_os = "linux")]

use std::io::{IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::Errno;
use uvox_loop::sys::{self, Control, Domain, ErrorOrigin, Type};

use super::support::{bound, readable};
use crate::common::scenario;

/// Sends a datagram to an address.
fn send(socket: &OwnedFd, to: SocketAddr, bytes: &[u8]) -> Result<usize, Errno> {
    let to = to.into();
    let buffers = [IoSlice::new(bytes)];
    sys::sendmsg(socket.as_fd(), &buffers, Some(&to), &Control::default())
}

/// An address of a port on which nobody receives.
fn nobody(address: &str) -> SocketAddr {
    bound(address, Type::DGRAM).1
}

/// What a receiver of datagrams is told: bytes, or the error that waits.
fn receive(socket: &OwnedFd) -> Result<usize, Errno> {
    let bytes = &mut [0; 16];
    let into = &mut [IoSliceMut::new(bytes)];
    sys::recvmsg(socket.as_fd(), into, None).map(|received| received.count)
}

#[test]
#[cfg_attr(
    all(uvox_kqueue, not(feature = "mio")),
    ignore = "libkqueue takes the error off the socket"
)]
fn a_datagram_that_did_not_arrive_is_told_of() {
    scenario(|| {
        for (address, domain, origin) in [
            ("127.0.0.1", Domain::IPV4, ErrorOrigin::Icmp(3, 3)),
            ("[::1]", Domain::IPV6, ErrorOrigin::Icmp6(1, 4)),
        ] {
            let (socket, _) = bound(address, Type::DGRAM);
            sys::receive_errors(socket.as_fd(), domain, true).unwrap();
            let payload = &mut [0; 16];
            let none = sys::recv_error(socket.as_fd(), payload);
            assert_eq!(none, Err(Errno::EAGAIN));

            // Two to different addresses, without a connection to either.
            let lost = [nobody(address), nobody(address)];
            assert_eq!(send(&socket, lost[0], b"first"), Ok(5));
            readable(&socket);
            // The error that waits on the socket goes to the first call, whatever that is for; it is not sent then.
            let failed = send(&socket, lost[1], b"the second");
            assert_eq!(failed, Err(Errno::ECONNREFUSED));
            assert_eq!(send(&socket, lost[1], b"the second"), Ok(10));
            for (to, bytes) in [(lost[0], &b"first"[..]), (lost[1], b"the second")] {
                payload.fill(0);
                let error = sys::recv_error(readable(&socket).as_fd(), payload).unwrap();
                assert_eq!(error.errno, Errno::ECONNREFUSED);
                assert_eq!(error.origin, origin);
                assert_eq!(error.to.ip(), Some(to));
                assert_eq!(error.offender, Some(to.ip()));
                assert_eq!(&payload[..error.count], bytes);
                assert!(!error.truncated);
            }
            // It was taken from the queue, so it waits on the socket no longer.
            assert_eq!(sys::recv_error(socket.as_fd(), payload), none);
            assert_eq!(receive(&socket), Err(Errno::EAGAIN));

            // A short buffer; and no longer.
            assert_eq!(send(&socket, lost[0], b"first"), Ok(5));
            let error = sys::recv_error(readable(&socket).as_fd(), &mut payload[..2]).unwrap();
            assert_eq!((error.count, error.truncated), (2, true));
            sys::receive_errors(socket.as_fd(), domain, false).unwrap();
            assert_eq!(send(&socket, lost[0], b"first"), Ok(5));
            assert_eq!(sys::recv_error(socket.as_fd(), payload), none);
        }
    });
}

#[test]
fn an_ipv6_socket_is_told_of_ipv4_too() {
    scenario(|| {
        let (socket, _) = bound("[::]", Type::DGRAM);
        sys::receive_errors(socket.as_fd(), Domain::IPV6, true).unwrap();
        let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
        let to = SocketAddr::from((mapped, nobody("127.0.0.1").port()));
        assert_eq!(send(&socket, to, b"x"), Ok(1));
        let error = sys::recv_error(readable(&socket).as_fd(), &mut [0]).unwrap();
        assert_eq!(error.errno, Errno::ECONNREFUSED);
        assert_eq!(error.origin, ErrorOrigin::Icmp(3, 3));
        assert_eq!(error.to.ip(), Some(to));
        assert_eq!(error.offender, Some(IpAddr::V6(mapped)));
    });
}

#[test]
fn what_is_too_long_is_told_with_the_length_that_is_not() {
    scenario(|| {
        let (socket, _) = bound("127.0.0.1", Type::DGRAM);
        let (_receiver, to) = bound("127.0.0.1", Type::DGRAM);
        let fd = socket.as_fd();
        sys::receive_errors(fd, Domain::IPV4, true).unwrap();
        // It is not to be taken apart.
        let (name, value) = (libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_DO);
        sys::set_option(fd, libc::IPPROTO_IP, name, value).unwrap();
        assert_eq!(send(&socket, to, &[0; 65_508]), Err(Errno::EMSGSIZE));
        let error = sys::recv_error(fd, &mut []).unwrap();
        assert_eq!(error.errno, Errno::EMSGSIZE);
        // This machine found it out by itself, and there is no datagram to show.
        assert_eq!((error.origin, error.offender), (ErrorOrigin::Local, None));
        assert_eq!(error.to.ip().unwrap().ip(), to.ip());
        assert_eq!(error.count, 0);
        assert!((68..=65_535).contains(&error.info), "{}", error.info);
    });
}
