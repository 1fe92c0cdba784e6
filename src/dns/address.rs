//! What a lookup finds.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use uvox_loop::sys;

use crate::net::is_ip;

/// An address that was found. It displays as Node writes it, with the zone behind it if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LookupAddress {
    /// The address.
    pub ip: IpAddr,
    /// The interface that a link-local address means, by its number; 0 for none.
    pub zone: u32,
}

impl LookupAddress {
    /// 4 or 6.
    pub fn family(&self) -> u8 {
        if self.ip.is_ipv4() { 4 } else { 6 }
    }

    /// The address with a port, to connect to.
    pub fn with_port(&self, port: u16) -> SocketAddr {
        let mut address = SocketAddr::new(self.ip, port);
        if let SocketAddr::V6(v6) = &mut address {
            v6.set_scope_id(self.zone);
        }
        address
    }

    /// The address that a text is, if it is one. A zone that is not the name of an interface of this machine must be its number.
    pub(crate) fn parse(text: &str) -> Option<LookupAddress> {
        if is_ip(text) == 0 {
            return None;
        }
        let (address, zone) = text.split_once('%').unwrap_or((text, ""));
        let number = || sys::if_nametoindex(zone).ok().or(zone.parse().ok());
        let zone = if zone.is_empty() { Some(0) } else { number() };
        Some(LookupAddress {
            ip: address.parse().ok()?,
            zone: zone.unwrap_or(0),
        })
    }
}

impl From<SocketAddr> for LookupAddress {
    fn from(address: SocketAddr) -> LookupAddress {
        let zone = match address {
            SocketAddr::V4(_) => 0,
            SocketAddr::V6(address) => address.scope_id(),
        };
        LookupAddress {
            ip: address.ip(),
            zone,
        }
    }
}

impl fmt::Display for LookupAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ip)?;
        if self.zone == 0 {
            return Ok(());
        }
        match sys::if_indextoname(self.zone) {
            Ok(name) => write!(f, "%{name}"),
            Err(_) => write!(f, "%{}", self.zone),
        }
    }
}
