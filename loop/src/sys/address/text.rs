//! Addresses as text: as libuv reads them and writes them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::sys::errno::Errno;
use crate::sys::interface::{if_indextoname, if_nametoindex};

/// Four decimal numbers, and a port (`uv_ip4_addr`).
///
/// # Errors
///
/// `EINVAL` if it is something else.
pub fn ip4_addr(ip: &str, port: u16) -> Result<SocketAddr, Errno> {
    let ip: Ipv4Addr = ip.parse().map_err(|_| Errno::EINVAL)?;
    Ok(SocketAddr::new(ip.into(), port))
}

/// An IPv6 address, with the name of an interface behind a per cent sign, if there is one, and a port (`uv_ip6_addr`). An interface that
/// is not known is none.
///
/// # Errors
///
/// `EINVAL` if it is something else.
pub fn ip6_addr(ip: &str, port: u16) -> Result<SocketAddr, Errno> {
    let (ip, interface) = match ip.split_once('%') {
        Some((ip, interface)) => (ip, Some(interface)),
        None => (ip, None),
    };
    let ip: Ipv6Addr = ip.parse().map_err(|_| Errno::EINVAL)?;
    let scope = interface.and_then(|name| if_nametoindex(name).ok());
    Ok(SocketAddrV6::new(ip, port, 0, scope.unwrap_or(0)).into())
}

/// The address without the port (`uv_ip4_name`, `uv_ip6_name`): `"127.0.0.1"`, `"::1"`; a link-local one with the name of its
/// interface, `"fe80::1%eth0"`.
pub fn ip_name(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => ip6_name(v6),
    }
}

fn ip6_name(address: SocketAddrV6) -> String {
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
        match if_indextoname(address.scope_id()) {
            Ok(name) => text.push_str(&name),
            // It has gone in the meantime.
            Err(_) => text.push_str(&address.scope_id().to_string()),
        }
    }
    text
}
