//! Addresses as text (`AddressToJS`, `uv_ip4_addr`, `uv_ip6_addr`).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

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
        let (text, family) = match address {
            SocketAddr::V4(v4) => (v4.ip().to_string(), Family::Ipv4),
            SocketAddr::V6(v6) => (text_of(v6), Family::Ipv6),
        };
        AddressInfo {
            address: text,
            family,
            port: address.port(),
        }
    }
}

fn text_of(address: SocketAddrV6) -> String {
    let ip = address.ip();
    let mut text = match ip.segments() {
        // What was an IPv4 address once is written so by libuv still, unless its upper half belongs to the zeros that are left out.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => ip.to_string(),
    };
    if ip.is_unicast_link_local() && address.scope_id() > 0 {
        text.push('%');
        match sys::if_indextoname(address.scope_id()) {
            Ok(name) => text.push_str(&name),
            // It has gone in the meantime.
            Err(_) => text.push_str(&address.scope_id().to_string()),
        }
    }
    text
}

/// The last 16 bits of a port are what counts, as where Node's go through `htons`.
fn port_of(port: i32) -> u16 {
    port as u16
}

/// `uv_ip4_addr`: four decimal numbers.
pub(super) fn ip4_addr(ip: &str, port: i32) -> Result<SocketAddr, Errno> {
    let ip: Ipv4Addr = ip.parse().map_err(|_| Errno::EINVAL)?;
    Ok(SocketAddr::new(ip.into(), port_of(port)))
}

/// `uv_ip6_addr`: with the name of an interface behind a per cent sign, if there is one. One that is not known is none.
pub(super) fn ip6_addr(ip: &str, port: i32) -> Result<SocketAddr, Errno> {
    let (ip, interface) = match ip.split_once('%') {
        Some((ip, interface)) => (ip, Some(interface)),
        None => (ip, None),
    };
    let ip: Ipv6Addr = ip.parse().map_err(|_| Errno::EINVAL)?;
    let scope = interface.and_then(|name| sys::if_nametoindex(name).ok());
    Ok(SocketAddrV6::new(ip, port_of(port), 0, scope.unwrap_or(0)).into())
}
