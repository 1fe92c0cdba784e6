//! The number of an interface leads to its name and back, and what is none is told to be none.

use std::net::SocketAddrV6;

use uvox_loop::Errno;
use uvox_loop::sys;

use super::support::LOOPBACK;
use crate::common::scenario;

#[test]
fn an_interface_has_a_number_and_a_name() {
    scenario(|| {
        let index = sys::if_nametoindex(LOOPBACK).unwrap();
        assert_ne!(index, 0);
        assert_eq!(sys::if_indextoname(index).as_deref(), Ok(LOOPBACK));
        // It is the number that stands in an address.
        let address: SocketAddrV6 = format!("[fe80::1%{index}]:0").parse().unwrap();
        assert_eq!(address.scope_id(), index);
    });
}

#[test]
fn what_is_no_interface_is_told_to_be_none() {
    scenario(|| {
        let none = if cfg!(target_os = "linux") {
            Errno::ENODEV
        } else {
            Errno::ENXIO
        };
        // One that could be there, and two that are longer than any name, one of them by far.
        for name in ["no-such", "sixteen-letters-", &"x".repeat(100_000)] {
            assert_eq!(sys::if_nametoindex(name), Err(none));
        }
        let cut = format!("{LOOPBACK}\0");
        assert_eq!(sys::if_nametoindex(&cut), Err(Errno::EINVAL));
        for index in [0, i32::MAX as u32, u32::MAX] {
            assert_eq!(sys::if_indextoname(index), Err(Errno::ENXIO), "{index}");
        }
    });
}

/// The scope is the number of an interface that has a link-local address.
#[test]
#[cfg(target_os = "linux")]
fn a_link_local_address_has_a_scope() {
    scenario(|| {
        // A machine without IPv6 has no such list.
        let list = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
        let with_one: Vec<u32> = list
            .lines()
            .filter(|line| line.starts_with("fe80"))
            .filter_map(|line| u32::from_str_radix(line.split_whitespace().nth(1)?, 16).ok())
            .collect();
        match sys::link_local_scope() {
            Some(scope) => assert!(with_one.contains(&scope), "{scope}"),
            None => assert!(with_one.is_empty(), "{with_one:?}"),
        }
    });
}
