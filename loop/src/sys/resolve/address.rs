//! From names to addresses: `getaddrinfo`.

use std::ffi::{CStr, CString};
use std::net::SocketAddr;
use std::{mem, ptr};

use socket2::{SockAddr, SockAddrStorage};

use super::{AddrHints, eai};
use crate::sys::errno::Errno;

/// The longest host name, in bytes.
const MOST_HOST: usize = 255;

/// What is looked up, checked as far as that can be done without asking anybody.
#[derive(Clone, Debug)]
pub(crate) struct AddrQuery {
    node: Option<CString>,
    service: Option<CString>,
    hints: AddrHints,
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
