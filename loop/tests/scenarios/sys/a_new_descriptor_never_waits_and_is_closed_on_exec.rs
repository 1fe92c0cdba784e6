//! However a descriptor comes to be, no program started later inherits it, and no call on it waits.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use uvox_loop::Errno;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Domain, Type};

use super::support::{connecting_to, listener, pair, readable, traced};
use crate::common::scenario;

/// The flags of an open descriptor, as the kernel tells them.
fn flags(fd: &OwnedFd) -> i32 {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", fd.as_raw_fd())).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    i32::from_str_radix(flags.unwrap().trim(), 8).unwrap()
}

fn check(fd: &OwnedFd) {
    assert_ne!(flags(fd) & libc::O_CLOEXEC, 0);
    assert_ne!(flags(fd) & libc::O_NONBLOCK, 0);
}

#[test]
fn a_new_descriptor_never_waits_and_is_closed_on_exec() {
    scenario(|| {
        check(&sys::socket(Domain::IPV6, Type::DGRAM, None).unwrap());
        let (a, b) = pair();
        check(&a);
        check(&b);
        let (reader, writer) = sys::pipe().unwrap();
        check(&reader);
        check(&writer);
        let duplicate = sys::dup(a.as_fd()).unwrap();
        check(&duplicate);
        assert!(duplicate.as_raw_fd() >= 3);

        let one = [IoSlice::new(b"x")];
        sys::send_descriptors(a.as_fd(), &one, &[a.as_fd()]).unwrap();
        let mut arrived = Vec::new();
        let byte = &mut [0];
        let into = &mut [IoSliceMut::new(byte)];
        sys::recv_descriptors(b.as_fd(), into, &mut arrived).unwrap();
        check(&arrived[0]);
    });
}

#[test]
fn a_connection_is_accepted_without_accept4_too() {
    scenario(|| {
        let (listener, address) = listener();
        let client = connecting_to(address);
        let missing = fault::plan([Fault::new("accept4", 1, Effect::Fail(Errno::ENOSYS))]);
        let (accepted, calls) = traced("accept", || {
            sys::accept_with_address(readable(&listener).as_fd())
        });
        drop(missing);
        let (server, from) = accepted.unwrap();
        assert_eq!(calls.len(), 1);
        assert_eq!(sys::getsockname(client.as_fd()), Ok(from));
        check(&server);

        let _second = connecting_to(address);
        check(&sys::accept(readable(&listener).as_fd()).unwrap());
    });
}
