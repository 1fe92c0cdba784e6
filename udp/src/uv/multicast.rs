//! Groups: who is in them, and how they are sent to (`uv_udp_set_membership` and its kin).

use std::net::{IpAddr, Ipv4Addr};

use uvox_loop::sys::{self, Domain, Membership};
use uvox_loop::{Ctx, Errno, emit};

use super::bind::BindFlags;
use super::options::in_byte;
use super::state::Udp;

/// One of the machine's interfaces. IPv4 tells them by their addresses, IPv6 by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// The one that the system chooses.
    Any,
    /// The one that has this address, for IPv4.
    Address(Ipv4Addr),
    /// The one of this [number](sys::if_nametoindex), for IPv6.
    Index(u32),
}

impl Interface {
    fn address(self) -> Result<Ipv4Addr, Errno> {
        match self {
            Interface::Any => Ok(Ipv4Addr::UNSPECIFIED),
            Interface::Address(address) => Ok(address),
            Interface::Index(_) => Err(Errno::EINVAL),
        }
    }

    fn index(self) -> Result<u32, Errno> {
        match self {
            Interface::Any => Ok(0),
            Interface::Index(index) => Ok(index),
            Interface::Address(_) => Err(Errno::EINVAL),
        }
    }
}

impl Udp {
    /// Joins a group, or leaves it (`uv_udp_set_membership`), on one interface. A handle without a socket gets one that is bound so that
    /// [others](BindFlags::REUSE_ADDRESS) can have its port.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone; `EINVAL` if it is closing, for what is no group, and for an interface in the other version's terms; `EADDRINUSE` or `EADDRNOTAVAIL` for joining what is joined,
    /// `EADDRNOTAVAIL` for leaving what is not; `ENODEV`, `ENXIO` or `EADDRNOTAVAIL` for an interface that does not exist; `ENOPROTOOPT` or `EINVAL` if the socket is
    /// of the other version; `ENOBUFS` for too many groups; and as [`Udp::bind`] if there is no socket yet.
    pub fn set_membership(
        self,
        cx: &mut Ctx,
        group: IpAddr,
        interface: Interface,
        membership: Membership,
    ) -> Result<(), Errno> {
        cx.open_state(self.0)?;
        self.need_bound(cx, domain_of(group), BindFlags::REUSE_ADDRESS)?;
        let fd = self.socket(cx)?;
        let result = match group {
            IpAddr::V4(group) => {
                let address = interface.address()?;
                sys::set_with(fd, |socket| match membership {
                    Membership::Join => socket.join_multicast_v4(&group, &address),
                    Membership::Leave => socket.leave_multicast_v4(&group, &address),
                })
            }
            IpAddr::V6(group) => {
                let index = interface.index()?;
                sys::set_with(fd, |socket| match membership {
                    Membership::Join => socket.join_multicast_v6(&group, index),
                    Membership::Leave => socket.leave_multicast_v6(&group, index),
                })
            }
        };
        emit!(Uv, "set_membership" @ self, group = group.to_string(), membership = format!("{membership:?}"), result = result);
        result
    }

    /// Joins a group as far as one source sends to it, or leaves it (`uv_udp_set_source_membership`).
    ///
    /// # Errors
    ///
    /// As [`Udp::set_membership`], but `EADDRNOTAVAIL` for joining what is joined; `EINVAL` also for a source of the other version, and if the whole group is joined. `ENOTSUP` where the
    /// system knows no sources.
    pub fn set_source_membership(
        self,
        cx: &mut Ctx,
        group: IpAddr,
        source: IpAddr,
        interface: Interface,
        membership: Membership,
    ) -> Result<(), Errno> {
        cx.open_state(self.0)?;
        if group.is_ipv4() != source.is_ipv4() {
            return Err(Errno::EINVAL);
        }
        self.need_bound(cx, domain_of(group), BindFlags::REUSE_ADDRESS)?;
        let fd = self.socket(cx)?;
        let result = match (group, source) {
            (IpAddr::V4(group), IpAddr::V4(source)) => {
                sys::set_source_membership_v4(fd, group, source, interface.address()?, membership)
            }
            (IpAddr::V6(group), IpAddr::V6(source)) => {
                sys::set_source_membership_v6(fd, group, source, interface.index()?, membership)
            }
            _ => Err(Errno::EINVAL),
        };
        emit!(Uv, "set_source_membership" @ self, group = group.to_string(), source = source.to_string(), membership = format!("{membership:?}"), result = result);
        result
    }

    /// How many routers, less one, what is sent to a group passes at most: 0 to 255; at 0 it stays on this machine, at 1, as at first, in its network
    /// (`uv_udp_set_multicast_ttl`).
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket, `EINVAL` for another number.
    pub fn set_multicast_ttl(self, cx: &mut Ctx, ttl: i32) -> Result<(), Errno> {
        let hops = in_byte(ttl).ok_or(Errno::EINVAL)?;
        let (fd, is_ipv6) = self.socket_and_family(cx)?;
        if is_ipv6 {
            sys::set_with(fd, |socket| socket.set_multicast_hops_v6(hops.into()))
        } else {
            sys::set_multicast_ttl_v4(fd, hops)
        }
    }

    /// Whether what is sent to a group comes to this machine, too, as it does at first (`uv_udp_set_multicast_loop`).
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket.
    pub fn set_multicast_loop(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        let (fd, is_ipv6) = self.socket_and_family(cx)?;
        if is_ipv6 {
            sys::set_with(fd, |socket| socket.set_multicast_loop_v6(on))
        } else {
            sys::set_multicast_loop_v4(fd, on)
        }
    }

    /// Which interface what is sent to a group goes out by (`uv_udp_set_multicast_interface`).
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket; `EADDRNOTAVAIL`, `ENODEV` or `ENXIO` for one that does not exist; `ENOPROTOOPT` or `EINVAL` for one in the other version's terms.
    pub fn set_multicast_interface(self, cx: &mut Ctx, interface: Interface) -> Result<(), Errno> {
        let (fd, is_ipv6) = self.socket_and_family(cx)?;
        sys::set_with(fd, |socket| match interface {
            Interface::Any if is_ipv6 => socket.set_multicast_if_v6(0),
            Interface::Any => socket.set_multicast_if_v4(&Ipv4Addr::UNSPECIFIED),
            Interface::Index(index) => socket.set_multicast_if_v6(index),
            Interface::Address(address) => socket.set_multicast_if_v4(&address),
        })
    }
}

fn domain_of(group: IpAddr) -> Domain {
    match group {
        IpAddr::V4(_) => Domain::IPV4,
        IpAddr::V6(_) => Domain::IPV6,
    }
}
