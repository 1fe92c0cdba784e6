//! Addresses as text (`AddressToJS`).

use std::fmt;
use std::net::SocketAddr;

use uvox_loop::Errno;
use uvox_loop::sys;

/// An address as Node tells it: what `getsockname` and `getpeername` fill in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressInfo {
    /// The address, without the port: `"127.0.0.1"`, `"::1"`; a link-local one with the name of its interface, `"fe80::1%eth0"`.
    pub address: String,
    /// Which of the two protocols it is an address of.
    pub family: Family,
    /// The port.
    pub port: u16,
}

/// The two protocols that TCP runs on.
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
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<SocketAddr> for AddressInfo {
    /// `AddressToJS`.
    ///
    /// ```
    /// use uvox_tcp::node::AddressInfo;
    ///
    /// let info = AddressInfo::from("[::ffff:127.0.0.1]:80".parse::<std::net::SocketAddr>().unwrap());
    /// assert_eq!((info.address.as_str(), info.family.as_str(), info.port), ("::ffff:127.0.0.1", "IPv6", 80));
    /// ```
    fn from(address: SocketAddr) -> AddressInfo {
        let family = match address {
            SocketAddr::V4(_) => Family::Ipv4,
            SocketAddr::V6(_) => Family::Ipv6,
        };
        AddressInfo {
            address: sys::ip_name(address),
            family,
            port: address.port(),
        }
    }
}

/// The last 16 bits of a port are what counts, as where Node's go through `htons`.
fn port_of(port: i32) -> u16 {
    port as u16
}

pub(super) fn ip4_addr(ip: &str, port: i32) -> Result<SocketAddr, Errno> {
    sys::ip4_addr(ip, port_of(port))
}

pub(super) fn ip6_addr(ip: &str, port: i32) -> Result<SocketAddr, Errno> {
    sys::ip6_addr(ip, port_of(port))
}
