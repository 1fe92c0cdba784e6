//! What a lookup is to find.

use std::net::IpAddr;
use std::ops::BitOr;

use uvox_loop::AddrHints;

use super::address::LookupAddress;

/// How to look a name up (`dns.lookup`'s options).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookupOptions {
    /// Which addresses are wanted.
    pub family: Family,
    /// What else is asked of the resolver.
    pub hints: Hints,
    /// How they are sorted.
    pub order: Order,
}

/// Which addresses are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// How addresses are sorted (`verbatim`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As the resolver gave them, as in Node since 17.
    #[default]
    Verbatim,
    /// IPv4 addresses first.
    V4First,
}

/// What is asked of the resolver: combine with `|` (`dns.ADDRCONFIG` and so on).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hints(i32);

impl Hints {
    /// Only addresses of families that this machine has an address of itself.
    pub const ADDRCONFIG: Hints = Hints(AddrHints::AI_ADDRCONFIG);
    /// If IPv6 addresses are wanted and there are none, IPv4 addresses mapped to IPv6.
    pub const V4MAPPED: Hints = Hints(AddrHints::AI_V4MAPPED);
    /// With the one before: the mapped ones besides the others.
    pub const ALL: Hints = Hints(AddrHints::AI_ALL);
}

impl BitOr for Hints {
    type Output = Hints;

    fn bitor(self, other: Hints) -> Hints {
        Hints(self.0 | other.0)
    }
}

impl LookupOptions {
    pub(super) fn for_the_system(&self) -> AddrHints {
        AddrHints {
            family: match self.family {
                Family::Any => AddrHints::AF_UNSPEC,
                Family::V4 => AddrHints::AF_INET,
                Family::V6 => AddrHints::AF_INET6,
            },
            socket_type: AddrHints::SOCK_STREAM,
            flags: self.hints.0,
            ..AddrHints::default()
        }
    }

    pub(super) fn sort(&self, found: &mut [LookupAddress]) {
        if self.order == Order::V4First {
            found.sort_by_key(|address| matches!(address.ip, IpAddr::V6(_)));
        }
    }
}
