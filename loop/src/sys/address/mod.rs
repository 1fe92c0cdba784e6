//! Socket addresses: as the kernel has them, and as we do.

mod raw;
mod text;
mod unix;

use std::fmt;
use std::net::SocketAddr;

pub use raw::RawAddress;
pub use text::{ip_name, ip4_addr, ip6_addr};
pub use unix::{UnixAddr, UnixName};

/// The address of a socket.
///
/// What a peer sends as its address becomes one of these without a chance to fail: what is no address known here is
/// [`Address::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// An IP address and a port; for IPv6 with its scope id and flow information.
    Ip(SocketAddr),
    /// A Unix-domain socket's.
    Unix(UnixAddr),
    /// One of another family (`AF_*`), or too short for its family.
    Other(i32),
}

impl Address {
    /// The IP address, if it is one.
    pub fn ip(&self) -> Option<SocketAddr> {
        match self {
            Address::Ip(address) => Some(*address),
            _ => None,
        }
    }

    /// The Unix-domain address, if it is one.
    pub fn unix(&self) -> Option<UnixAddr> {
        match self {
            Address::Unix(address) => Some(*address),
            _ => None,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Address {
        Address::Ip(address)
    }
}

impl From<UnixAddr> for Address {
    fn from(address: UnixAddr) -> Address {
        Address::Unix(address)
    }
}

impl fmt::Display for Address {
    /// `127.0.0.1:80`, `[::1]:80`, `/run/it.sock`, `@abstract`; nothing for an unnamed Unix socket.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Ip(address) => address.fmt(f),
            Address::Unix(address) => address.fmt(f),
            Address::Other(family) => write!(f, "address of family {family}"),
        }
    }
}
