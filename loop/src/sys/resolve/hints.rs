//! What `getaddrinfo` can be asked for.

/// What kind of addresses a lookup is to find (`struct addrinfo` as a hint). The default is all zeros: addresses of any kind.
///
/// The numbers are the system's own. Its most common ones are constants here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddrHints {
    /// [`AF_INET`](Self::AF_INET), [`AF_INET6`](Self::AF_INET6), or [`AF_UNSPEC`](Self::AF_UNSPEC) for both.
    pub family: i32,
    /// [`SOCK_STREAM`](Self::SOCK_STREAM), [`SOCK_DGRAM`](Self::SOCK_DGRAM), [`SOCK_RAW`](Self::SOCK_RAW), or 0 for any: then each
    /// address is found once for each type.
    pub socket_type: i32,
    /// `IPPROTO_TCP` and so on, or 0 for any.
    pub protocol: i32,
    /// Of the constants that begin with `AI_`, those that apply, combined with `|`.
    pub flags: i32,
}

impl AddrHints {
    /// Both families.
    pub const AF_UNSPEC: i32 = libc::AF_UNSPEC;
    /// IPv4.
    pub const AF_INET: i32 = libc::AF_INET;
    /// IPv6.
    pub const AF_INET6: i32 = libc::AF_INET6;
    /// Streams: TCP.
    pub const SOCK_STREAM: i32 = libc::SOCK_STREAM;
    /// Datagrams: UDP.
    pub const SOCK_DGRAM: i32 = libc::SOCK_DGRAM;
    /// Raw packets.
    pub const SOCK_RAW: i32 = libc::SOCK_RAW;
    /// Addresses to bind to: without a node, the unspecified address instead of the loopback one.
    pub const AI_PASSIVE: i32 = libc::AI_PASSIVE;
    /// Find the canonical name of the node, too.
    pub const AI_CANONNAME: i32 = libc::AI_CANONNAME;
    /// The node is an address in digits: look nothing up.
    pub const AI_NUMERICHOST: i32 = libc::AI_NUMERICHOST;
    /// The service is a port number: look nothing up.
    pub const AI_NUMERICSERV: i32 = libc::AI_NUMERICSERV;
    /// If IPv6 addresses are asked for and there are none, give IPv4 addresses mapped to IPv6. 0, so without effect, on a
    /// system that cannot: NetBSD, OpenBSD.
    pub const AI_V4MAPPED: i32 = optional::AI_V4MAPPED;
    /// With [`AI_V4MAPPED`](Self::AI_V4MAPPED): give the mapped ones besides the others. 0 on a system that cannot.
    pub const AI_ALL: i32 = optional::AI_ALL;
    /// Only addresses of families that this machine has an address of itself.
    pub const AI_ADDRCONFIG: i32 = libc::AI_ADDRCONFIG;
}

/// Hints that not every system has; one that it does not have asks for nothing.
mod optional {
    #[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
    mod flags {
        pub(in super::super) const AI_V4MAPPED: i32 = 0;
        pub(in super::super) const AI_ALL: i32 = 0;
    }
    #[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
    use libc as flags;

    pub(super) use flags::{AI_ALL, AI_V4MAPPED};
}
