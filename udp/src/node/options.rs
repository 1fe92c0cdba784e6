//! Options and groups (`UDPWrap::SetTTL` and its kin).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use uvox_loop::{Ctx, Errno, sys};

use super::udp_wrap::UdpWrap;
use crate::uv::{Interface, Membership, Udp};

/// Options: `EBADF` before there is a socket, and see [above](UdpWrap).
impl UdpWrap {
    /// How many routers, less one, a datagram passes at most (`SetTTL`).
    ///
    /// # Errors
    ///
    /// `EINVAL` unless it is 1 to 255, and as [`Udp::set_ttl`].
    pub fn set_ttl(self, cx: &mut Ctx, ttl: i32) -> Result<(), Errno> {
        self.resolve(cx)?.set_ttl(cx, ttl)
    }

    /// Whether datagrams may be sent to all of a network (`SetBroadcast`).
    ///
    /// # Errors
    ///
    /// As [`Udp::set_broadcast`].
    pub fn set_broadcast(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        self.resolve(cx)?.set_broadcast(cx, on)
    }

    /// The same for what is sent to groups (`SetMulticastTTL`).
    ///
    /// # Errors
    ///
    /// `EINVAL` unless it is 0 to 255, and as [`Udp::set_multicast_ttl`].
    pub fn set_multicast_ttl(self, cx: &mut Ctx, ttl: i32) -> Result<(), Errno> {
        self.resolve(cx)?.set_multicast_ttl(cx, ttl)
    }

    /// Whether what is sent to groups comes to this machine, too (`SetMulticastLoopback`).
    ///
    /// # Errors
    ///
    /// As [`Udp::set_multicast_loop`].
    pub fn set_multicast_loopback(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        self.resolve(cx)?.set_multicast_loop(cx, on)
    }

    /// Which interface what is sent to groups goes out by (`SetMulticastInterface`): one that has this IPv4 address, or, in an IPv6 address, that stands behind the
    /// per cent sign.
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is no address, and as [`Udp::set_multicast_interface`].
    pub fn set_multicast_interface(self, cx: &mut Ctx, interface: &str) -> Result<(), Errno> {
        let udp = self.resolve(cx)?;
        let interface =
            match sys::ip4_addr(interface, 0).or_else(|_| sys::ip6_addr(interface, 0))? {
                SocketAddr::V4(v4) => Interface::Address(*v4.ip()),
                SocketAddr::V6(v6) => Interface::Index(v6.scope_id()),
            };
        udp.set_multicast_interface(cx, interface)
    }

    /// Joins a group (`AddMembership`), on the interface that has this IPv4 address, or that stands behind the per cent sign of an IPv6 one; `None` leaves the choice to
    /// the system.
    ///
    /// # Errors
    ///
    /// `EINVAL` for what is no address, and as [`Udp::set_membership`].
    pub fn add_membership(
        self,
        cx: &mut Ctx,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Errno> {
        self.set_membership(cx, group, interface, Membership::Join)
    }

    /// Leaves it (`DropMembership`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::add_membership`].
    pub fn drop_membership(
        self,
        cx: &mut Ctx,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Errno> {
        self.set_membership(cx, group, interface, Membership::Leave)
    }

    /// Joins a group as far as one source sends to it (`AddSourceSpecificMembership`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::add_membership`] and [`Udp::set_source_membership`].
    pub fn add_source_specific_membership(
        self,
        cx: &mut Ctx,
        source: &str,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Errno> {
        self.set_source_membership(cx, source, group, interface, Membership::Join)
    }

    /// Leaves it (`DropSourceSpecificMembership`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::add_source_specific_membership`].
    pub fn drop_source_specific_membership(
        self,
        cx: &mut Ctx,
        source: &str,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Errno> {
        self.set_source_membership(cx, source, group, interface, Membership::Leave)
    }

    /// The size of one of the kernel's two buffers (`BufferSize`), which is set before if it is not 0. Linux says twice of what was set.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket; `EINVAL` for a size that no `int` can hold. Node says which of `uv_recv_buffer_size` and `uv_send_buffer_size` it was.
    pub fn buffer_size(self, cx: &mut Ctx, size: u32, is_recv: bool) -> Result<usize, Errno> {
        let udp = self.resolve(cx)?;
        let size = i32::try_from(size).map_err(|_| Errno::EINVAL)?;
        let size = usize::try_from(size).map_err(|_| Errno::EINVAL)?;
        match (is_recv, size) {
            (true, 0) => udp.receive_buffer_size(cx),
            (false, 0) => udp.send_buffer_size(cx),
            (true, _) => udp.set_receive_buffer_size(cx, size).map(|()| size),
            (false, _) => udp.set_send_buffer_size(cx, size).map(|()| size),
        }
    }

    fn set_membership(
        self,
        cx: &mut Ctx,
        group: &str,
        interface: Option<&str>,
        membership: Membership,
    ) -> Result<(), Errno> {
        let udp = self.open_below(cx)?;
        let group = address(group)?;
        udp.set_membership(cx, group, interface_for(group, interface)?, membership)
    }

    fn set_source_membership(
        self,
        cx: &mut Ctx,
        source: &str,
        group: &str,
        interface: Option<&str>,
        membership: Membership,
    ) -> Result<(), Errno> {
        let udp: Udp = self.open_below(cx)?;
        let (group, source) = (address(group)?, address(source)?);
        let interface = interface_for(group, interface)?;
        udp.set_source_membership(cx, group, source, interface, membership)
    }
}

fn address(ip: &str) -> Result<IpAddr, Errno> {
    let address = sys::ip4_addr(ip, 0).or_else(|_| sys::ip6_addr(ip, 0))?;
    Ok(address.ip())
}

/// An interface in the terms of the group's version.
fn interface_for(group: IpAddr, interface: Option<&str>) -> Result<Interface, Errno> {
    let Some(text) = interface else {
        return Ok(Interface::Any);
    };
    if group.is_ipv4() {
        let address: Ipv4Addr = text.parse().map_err(|_| Errno::EINVAL)?;
        return Ok(Interface::Address(address));
    }
    match sys::ip6_addr(text, 0)? {
        SocketAddr::V6(v6) => Ok(Interface::Index(v6.scope_id())),
        SocketAddr::V4(_) => Err(Errno::EINVAL),
    }
}
