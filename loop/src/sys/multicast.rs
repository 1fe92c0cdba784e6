//! What `socket2` lacks, in whole or on some systems, of the options of multicast.
//!
//! [`SockRef`](super::SockRef) joins and leaves groups whoever sends to them (`join_multicast_v4`, `join_multicast_v6`),
//! chooses the interface to send by (`set_multicast_if_v4`, `set_multicast_if_v6`), and sets for IPv6 how far
//! (`set_multicast_hops_v6`) and whether also to this machine (`set_multicast_loop_v6`).

use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, BorrowedFd};

use super::errno::Errno;
use super::option::set_bytes;

/// Whether to enter a group or to leave it (`uv_membership`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// Enter it.
    Join,
    /// Leave it.
    Leave,
}

/// Joins or leaves an IPv4 group, as far as one source sends to it (`uv_udp_set_source_membership`).
///
/// `interface` is an address of the interface; [`Ipv4Addr::UNSPECIFIED`] leaves the choice to the system.
///
/// # Errors
///
/// `EINVAL` for what is no group, and if the socket has joined the whole group. `EADDRNOTAVAIL` for joining what is joined
/// and for leaving what is not, and (or `ENODEV`, `ENXIO`) for an interface that does not exist. `ENOBUFS` for too many
/// sources. `ENOTSUP` on NetBSD and OpenBSD, which know no sources.
pub fn set_source_membership_v4(
    socket: BorrowedFd<'_>,
    group: Ipv4Addr,
    source: Ipv4Addr,
    interface: Ipv4Addr,
    membership: Membership,
) -> Result<(), Errno> {
    native::set_v4(socket.as_raw_fd(), group, source, interface, membership)
}

/// Joins or leaves an IPv6 group, as far as one source sends to it (`uv_udp_set_source_membership`).
///
/// `interface` is the interface's [number](super::if_nametoindex); 0 leaves the choice to the system.
///
/// # Errors
///
/// As of [`set_source_membership_v4`].
pub fn set_source_membership_v6(
    socket: BorrowedFd<'_>,
    group: Ipv6Addr,
    source: Ipv6Addr,
    interface: u32,
    membership: Membership,
) -> Result<(), Errno> {
    native::set_v6(socket.as_raw_fd(), group, source, interface, membership)
}

/// How many routers, less one, a datagram to an IPv4 group passes; 0 keeps it on this machine
/// (`uv_udp_set_multicast_ttl`).
///
/// # Errors
///
/// `ENOPROTOOPT`, `EOPNOTSUPP` or `EINVAL` if the socket cannot send by IPv4; on most systems none of IPv6 can.
pub fn set_multicast_ttl_v4(socket: BorrowedFd<'_>, ttl: u8) -> Result<(), Errno> {
    // Every system takes one byte; OpenBSD takes nothing else.
    set_bytes(
        socket.as_raw_fd(),
        libc::IPPROTO_IP,
        libc::IP_MULTICAST_TTL,
        &[ttl],
    )
}

/// Whether what is sent to an IPv4 group comes to this machine too, if it is in the group
/// (`uv_udp_set_multicast_loop`).
///
/// # Errors
///
/// As of [`set_multicast_ttl_v4`].
pub fn set_multicast_loop_v4(socket: BorrowedFd<'_>, on: bool) -> Result<(), Errno> {
    set_bytes(
        socket.as_raw_fd(),
        libc::IPPROTO_IP,
        libc::IP_MULTICAST_LOOP,
        &[u8::from(on)],
    )
}

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_vendor = "apple"
))]
mod native {
    use std::mem::{offset_of, size_of};
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6};
    use std::os::fd::RawFd;

    use libc::{group_source_req, ip_mreq_source};

    use super::{Errno, Membership, set_bytes};
    use crate::sys::RawAddress;

    pub(super) fn set_v4(
        fd: RawFd,
        group: Ipv4Addr,
        source: Ipv4Addr,
        interface: Ipv4Addr,
        membership: Membership,
    ) -> Result<(), Errno> {
        // The order of the fields differs from system to system.
        let mut request = [0; size_of::<ip_mreq_source>()];
        let fields = [
            (offset_of!(ip_mreq_source, imr_multiaddr), group),
            (offset_of!(ip_mreq_source, imr_sourceaddr), source),
            (offset_of!(ip_mreq_source, imr_interface), interface),
        ];
        for (at, address) in fields {
            put(&mut request, at, &address.octets());
        }
        let name = match membership {
            Membership::Join => libc::IP_ADD_SOURCE_MEMBERSHIP,
            Membership::Leave => libc::IP_DROP_SOURCE_MEMBERSHIP,
        };
        set_bytes(fd, libc::IPPROTO_IP, name, &request)
    }

    pub(super) fn set_v6(
        fd: RawFd,
        group: Ipv6Addr,
        source: Ipv6Addr,
        interface: u32,
        membership: Membership,
    ) -> Result<(), Errno> {
        let mut request = [0; size_of::<group_source_req>()];
        let fields = [
            (offset_of!(group_source_req, gsr_group), group),
            (offset_of!(group_source_req, gsr_source), source),
        ];
        for (at, address) in fields {
            let address = RawAddress::from(SocketAddrV6::new(address, 0, 0, 0));
            put(&mut request, at, address.as_bytes());
        }
        let at = offset_of!(group_source_req, gsr_interface);
        put(&mut request, at, &interface.to_ne_bytes());
        let name = match membership {
            Membership::Join => libc::MCAST_JOIN_SOURCE_GROUP,
            Membership::Leave => libc::MCAST_LEAVE_SOURCE_GROUP,
        };
        set_bytes(fd, libc::IPPROTO_IPV6, name, &request)
    }

    fn put(request: &mut [u8], at: usize, part: &[u8]) {
        request[at..at + part.len()].copy_from_slice(part);
    }
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_vendor = "apple"
)))]
mod native {
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::os::fd::RawFd;

    use super::{Errno, Membership};

    pub(super) fn set_v4(
        _: RawFd,
        _: Ipv4Addr,
        _: Ipv4Addr,
        _: Ipv4Addr,
        _: Membership,
    ) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }

    pub(super) fn set_v6(
        _: RawFd,
        _: Ipv6Addr,
        _: Ipv6Addr,
        _: u32,
        _: Membership,
    ) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }
}
