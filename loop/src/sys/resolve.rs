//! The C library's resolver.
//!
//! These calls block, so they are made on worker threads. They do not go through [`call`](super::call::call): they report their errors as
//! `EAI_*` numbers and not in `errno`, and the trace and the faults are those of a loop's thread, where they are never made.

use std::ffi::{CStr, CString, c_int};
use std::net::SocketAddr;
use std::{mem, ptr};

use socket2::{SockAddr, SockAddrStorage};

use super::errno::{Errno, errno_from_eai};

/// The longest host name, in bytes.
const MOST_HOST: usize = 255;

/// What is looked up, checked as far as that can be done without asking anybody.
#[derive(Clone, Debug)]
pub(crate) struct AddrQuery {
    node: Option<CString>,
    service: Option<CString>,
    hints: AddrHints,
}

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

/// An address that was found (`struct addrinfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddrInfo {
    /// [`AddrHints::AF_INET`] or [`AddrHints::AF_INET6`].
    pub family: i32,
    /// The type of socket to use it with.
    pub socket_type: i32,
    /// The protocol to use it with.
    pub protocol: i32,
    /// The address, and the service's port or 0.
    pub address: SocketAddr,
    /// The node's canonical name, in the first of the results, if [`AddrHints::AI_CANONNAME`] asked for it.
    pub canonical_name: Option<String>,
}

/// The names of an address: see [`Ctx::getnameinfo`](crate::Ctx::getnameinfo). The constants are its flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameInfo {
    /// The host's name, or its address in digits if it has none.
    pub host: String,
    /// The service's name, or the port's number.
    pub service: String,
}

impl NameInfo {
    /// A host without a name is an error, `EAI_NONAME`.
    pub const NI_NAMEREQD: i32 = libc::NI_NAMEREQD;
    /// The service is one on UDP, for the few ports where that makes a difference.
    pub const NI_DGRAM: i32 = libc::NI_DGRAM;
    /// Only the first label of the names of hosts in this machine's domain.
    pub const NI_NOFQDN: i32 = libc::NI_NOFQDN;
    /// The host in digits: look nothing up.
    pub const NI_NUMERICHOST: i32 = libc::NI_NUMERICHOST;
    /// The service in digits: look nothing up.
    pub const NI_NUMERICSERV: i32 = libc::NI_NUMERICSERV;
}

impl AddrQuery {
    /// Refuses what no resolver could answer.
    pub(crate) fn new(
        node: Option<&str>,
        service: Option<&str>,
        hints: AddrHints,
    ) -> Result<AddrQuery, Errno> {
        if node.is_none() && service.is_none() || node == Some("") {
            return Err(Errno::EINVAL);
        }
        if node.is_some_and(|node| node.len() > MOST_HOST) {
            return Err(Errno::ENAMETOOLONG);
        }
        let c_string = |text: &str| CString::new(text).map_err(|_| Errno::EINVAL);
        Ok(AddrQuery {
            node: node.map(c_string).transpose()?,
            service: service.map(c_string).transpose()?,
            hints,
        })
    }

    /// Asks the resolver, and waits for its answer.
    pub(crate) fn run(&self) -> Result<Vec<AddrInfo>, Errno> {
        let list = self.ask()?;
        let mut found = Vec::new();
        let mut next = list.0;
        // SAFETY: `next` is null or points to a record of the list, which stays as it is until `list` is dropped.
        while let Some(record) = unsafe { next.as_ref() } {
            found.extend(addr_info(record));
            next = record.ai_next;
        }
        Ok(found)
    }

    fn ask(&self) -> Result<List, Errno> {
        let text = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: a plain C record of numbers and pointers, for which all zeros means "nothing given".
        let mut hints: libc::addrinfo = unsafe { mem::zeroed() };
        hints.ai_family = self.hints.family;
        hints.ai_socktype = self.hints.socket_type;
        hints.ai_protocol = self.hints.protocol;
        hints.ai_flags = self.hints.flags;
        loop {
            let mut list = ptr::null_mut();
            // SAFETY: the resolver reads the two strings, which end in NUL, and the record, and writes one pointer: to a list that is
            // ours to free.
            let code = unsafe {
                libc::getaddrinfo(text(&self.node), text(&self.service), &hints, &mut list)
            };
            match eai(code) {
                Ok(()) => return Ok(List(list)),
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno),
            }
        }
    }
}

/// The resolver's answer, freed when dropped.
struct List(*mut libc::addrinfo);

impl Drop for List {
    fn drop(&mut self) {
        // Not all systems take a null pointer.
        if !self.0.is_null() {
            // SAFETY: the list came from `getaddrinfo`, and nobody else frees it.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

/// A record as a value; nothing if its address is of a family that is not the internet's.
fn addr_info(record: &libc::addrinfo) -> Option<AddrInfo> {
    let mut storage = SockAddrStorage::zeroed();
    let length = record.ai_addrlen as usize;
    if record.ai_addr.is_null() || length > storage.size_of() as usize {
        return None;
    }
    // SAFETY: the address has `ai_addrlen` bytes, of which we copy that many into a place of our own that is large enough.
    unsafe {
        let to = (&raw mut storage).cast::<u8>();
        ptr::copy_nonoverlapping(record.ai_addr.cast::<u8>(), to, length);
    }
    // SAFETY: the storage holds an address of that length, as the resolver says.
    let address = unsafe { SockAddr::new(storage, record.ai_addrlen) };
    let canonical_name = (!record.ai_canonname.is_null()).then(|| {
        // SAFETY: if there is a name it ends in NUL, and it lives as long as the list.
        let name = unsafe { CStr::from_ptr(record.ai_canonname) };
        name.to_string_lossy().into_owned()
    });
    Some(AddrInfo {
        family: record.ai_family,
        socket_type: record.ai_socktype,
        protocol: record.ai_protocol,
        address: address.as_socket()?,
        canonical_name,
    })
}

/// Asks the resolver what an address is called, and waits for its answer.
pub(crate) fn name_info(address: SocketAddr, flags: i32) -> Result<NameInfo, Errno> {
    let address = SockAddr::from(address);
    // The sizes that <netdb.h> recommends.
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    loop {
        // SAFETY: the resolver reads the address, and writes two strings, with their NULs no longer than the arrays.
        let code = unsafe {
            libc::getnameinfo(
                address.as_ptr().cast(),
                address.len(),
                host.as_mut_ptr().cast(),
                host.len() as _,
                service.as_mut_ptr().cast(),
                service.len() as _,
                flags,
            )
        };
        match eai(code) {
            Ok(()) => break,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno),
        }
    }
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0);
        String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
    };
    Ok(NameInfo {
        host: text(&host),
        service: text(&service),
    })
}

/// The resolver's result as ours.
fn eai(code: c_int) -> Result<(), Errno> {
    if code == 0 {
        Ok(())
    } else {
        Err(errno_from_eai(code))
    }
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
