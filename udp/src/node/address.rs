//! Addresses as text (`AddressToJS`), and text as addresses (`sockaddr_for_family`).

use std::fmt;
use std::net::SocketAddr;

use uvox_loop::{Errno, sys};

/// An address as Node tells it: what `getsockname` and `getpeername` fill in, and who a message is from. Text is made of a sender's only by who wants it:
/// `AddressInfo::from(sender)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressInfo {
    /// The address, without the port: `"127.0.0.1"`, `"::1"`; a link-local one with the name of its interface, `"fe80::1%eth0"`.
    pub address: String,
    /// Which of the two protocols it is an address of.
    pub family: Family,
    /// The port.
    pub port: u16,
}

/// The two protocols that UDP runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl Family {
    /// As Node writes it: `"IPv4"` or `"IPv6"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Family::Ipv4 => "IPv4",
            Family::Ipv6 => "IPv6",
        }
    }

    /// An address of this family, of which the lowest 16 bits of the port count.
    pub(super) fn address(self, ip: &str, port: i32) -> Result<SocketAddr, Errno> {
        let port = port as u16;
        match self {
            Family::Ipv4 => sys::ip4_addr(ip, port),
            Family::Ipv6 => sys::ip6_addr(ip, port),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<SocketAddr> for AddressInfo {
    /// `AddressToJS`.
    fn from(address: SocketAddr) -> AddressInfo {
        AddressInfo {
            address: sys::ip_name(address),
            family: match address {
                SocketAddr::V4(_) => Family::Ipv4,
                SocketAddr::V6(_) => Family::Ipv6,
            },
            port: address.port(),
        }
    }
}
