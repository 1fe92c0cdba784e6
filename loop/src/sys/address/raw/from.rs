//! Addresses of each kind, put into the kernel's form.

use std::mem::{offset_of, size_of};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::{FAMILY, FAMILY_SIZE, RawAddress};
use crate::sys::address::{Address, UnixAddr};

impl From<SocketAddrV4> for RawAddress {
    #[inline]
    fn from(address: SocketAddrV4) -> RawAddress {
        let mut raw = RawAddress::of_family(libc::AF_INET, size_of::<libc::sockaddr_in>());
        raw.put(
            offset_of!(libc::sockaddr_in, sin_port),
            address.port().to_be_bytes(),
        );
        raw.put(
            offset_of!(libc::sockaddr_in, sin_addr),
            address.ip().octets(),
        );
        raw
    }
}

impl From<SocketAddrV6> for RawAddress {
    #[inline]
    fn from(address: SocketAddrV6) -> RawAddress {
        use libc::sockaddr_in6;
        let mut raw = RawAddress::of_family(libc::AF_INET6, size_of::<sockaddr_in6>());
        raw.put(
            offset_of!(sockaddr_in6, sin6_port),
            address.port().to_be_bytes(),
        );
        raw.put(
            offset_of!(sockaddr_in6, sin6_flowinfo),
            address.flowinfo().to_ne_bytes(),
        );
        raw.put(offset_of!(sockaddr_in6, sin6_addr), address.ip().octets());
        raw.put(
            offset_of!(sockaddr_in6, sin6_scope_id),
            address.scope_id().to_ne_bytes(),
        );
        raw
    }
}

impl From<SocketAddr> for RawAddress {
    #[inline]
    fn from(address: SocketAddr) -> RawAddress {
        match address {
            SocketAddr::V4(address) => address.into(),
            SocketAddr::V6(address) => address.into(),
        }
    }
}

impl From<(Ipv4Addr, u16)> for RawAddress {
    fn from((ip, port): (Ipv4Addr, u16)) -> RawAddress {
        SocketAddr::new(IpAddr::V4(ip), port).into()
    }
}

impl From<UnixAddr> for RawAddress {
    fn from(address: UnixAddr) -> RawAddress {
        let bytes = address.in_sockaddr();
        let at = offset_of!(libc::sockaddr_un, sun_path);
        let length = at + address.length_in_sockaddr();
        let mut raw = RawAddress::of_family(libc::AF_UNIX, length);
        raw.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        raw
    }
}

impl From<Address> for RawAddress {
    /// An [`Address::Other`] becomes an address of that family with nothing in it, which the kernel refuses.
    fn from(address: Address) -> RawAddress {
        match address {
            Address::Ip(address) => address.into(),
            Address::Unix(address) => address.into(),
            Address::Other(family) => RawAddress::of_family(family, FAMILY + FAMILY_SIZE),
        }
    }
}
