//! An address in the kernel's form.

mod from;

use std::fmt;
use std::mem::{offset_of, size_of};
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};

use super::{Address, UnixAddr};

/// Room for any address (`sockaddr_storage`).
pub(super) const CAPACITY: usize = size_of::<libc::sockaddr_storage>();

/// Where the family stands, in every form of address.
const FAMILY: usize = offset_of!(libc::sockaddr, sa_family);
const FAMILY_SIZE: usize = size_of::<libc::sa_family_t>();

/// An address in the kernel's form (`sockaddr_storage` and its length): made from an address once and used for many
/// calls, or filled in by a call and read only if somebody asks.
///
/// ```
/// use uvox_loop::sys::{Address, RawAddress};
///
/// let raw = RawAddress::from("[fe80::1%3]:80".parse::<std::net::SocketAddr>().unwrap());
/// assert_eq!(raw.get().unwrap().to_string(), "[fe80::1%3]:80");
/// assert_eq!(RawAddress::NONE.get(), None);
/// ```
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct RawAddress {
    bytes: [u8; CAPACITY],
    length: libc::socklen_t,
}

impl RawAddress {
    /// No address: what a call is given to fill in.
    pub const NONE: RawAddress = RawAddress {
        bytes: [0; CAPACITY],
        length: 0,
    };

    /// Takes the bytes of a `sockaddr` from elsewhere, as many as any address has (128 on most systems).
    pub fn from_bytes(bytes: &[u8]) -> RawAddress {
        let mut raw = RawAddress::NONE;
        let length = bytes.len().min(CAPACITY);
        raw.bytes[..length].copy_from_slice(&bytes[..length]);
        raw.length = length as libc::socklen_t;
        raw
    }

    /// The bytes of the `sockaddr`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length()]
    }

    /// What it says; `None` if there is no address, as from a datagram of a Unix socket that has none.
    pub fn get(&self) -> Option<Address> {
        let family = self.family()?;
        Some(match family {
            libc::AF_INET | libc::AF_INET6 => self.ip().map_or(Address::Other(family), Address::Ip),
            libc::AF_UNIX => Address::Unix(UnixAddr::from_raw(self.as_bytes())),
            _ => Address::Other(family),
        })
    }

    /// The IP address, if it is one: the short way for datagrams.
    #[inline]
    pub fn ip(&self) -> Option<SocketAddr> {
        match self.family()? {
            libc::AF_INET if self.length() >= size_of::<libc::sockaddr_in>() => Some(self.v4()),
            libc::AF_INET6 if self.length() >= size_of::<libc::sockaddr_in6>() => Some(self.v6()),
            _ => None,
        }
    }

    /// Its family (`AF_*`), if there is an address.
    #[inline]
    pub fn family(&self) -> Option<i32> {
        if self.length() < FAMILY + FAMILY_SIZE {
            return None;
        }
        Some(i32::from(libc::sa_family_t::from_ne_bytes(
            self.part(FAMILY),
        )))
    }

    /// Where the kernel reads the address.
    #[inline]
    pub(in crate::sys) fn as_ptr(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    /// Where the kernel writes an address, up to [`RawAddress::ROOM`] bytes.
    #[inline]
    pub(in crate::sys) fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        self.bytes.as_mut_ptr().cast()
    }

    /// How many bytes the kernel may write.
    pub(in crate::sys) const ROOM: libc::socklen_t = CAPACITY as libc::socklen_t;

    /// The length as the kernel wants it.
    #[inline]
    pub(in crate::sys) fn socklen(&self) -> libc::socklen_t {
        self.length
    }

    /// The kernel said how long the address is that it wrote, or would have been with more room.
    #[inline]
    pub(in crate::sys) fn set_socklen(&mut self, length: libc::socklen_t) {
        self.length = length.min(Self::ROOM);
    }

    fn length(&self) -> usize {
        self.length as usize
    }

    /// `N` bytes from `offset`, both constants of the form: the bounds check goes away.
    #[inline(always)]
    fn part<const N: usize>(&self, offset: usize) -> [u8; N] {
        let mut part = [0; N];
        part.copy_from_slice(&self.bytes[offset..offset + N]);
        part
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, offset: usize, part: [u8; N]) {
        self.bytes[offset..offset + N].copy_from_slice(&part);
    }

    fn v4(&self) -> SocketAddr {
        let address: [u8; 4] = self.part(offset_of!(libc::sockaddr_in, sin_addr));
        let port = self.part(offset_of!(libc::sockaddr_in, sin_port));
        SocketAddr::from((address, u16::from_be_bytes(port)))
    }

    fn v6(&self) -> SocketAddr {
        let address: [u8; 16] = self.part(offset_of!(libc::sockaddr_in6, sin6_addr));
        let port = self.part(offset_of!(libc::sockaddr_in6, sin6_port));
        let flow = self.part(offset_of!(libc::sockaddr_in6, sin6_flowinfo));
        let scope = self.part(offset_of!(libc::sockaddr_in6, sin6_scope_id));
        SocketAddr::V6(SocketAddrV6::new(
            Ipv6Addr::from(address),
            u16::from_be_bytes(port),
            u32::from_ne_bytes(flow),
            u32::from_ne_bytes(scope),
        ))
    }

    /// The first fields, which all forms share.
    #[inline]
    fn of_family(family: i32, length: usize) -> RawAddress {
        let mut raw = RawAddress::NONE;
        raw.put(FAMILY, (family as libc::sa_family_t).to_ne_bytes());
        raw.length = length as libc::socklen_t;
        if HAS_LENGTH_BYTE {
            raw.bytes[0] = length as u8;
        }
        raw
    }
}

/// The BSDs' addresses begin with their own length.
const HAS_LENGTH_BYTE: bool = FAMILY == 1;

impl PartialEq for RawAddress {
    fn eq(&self, other: &RawAddress) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for RawAddress {}

impl Default for RawAddress {
    fn default() -> RawAddress {
        RawAddress::NONE
    }
}

impl fmt::Debug for RawAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(address) => address.fmt(f),
            None => f.write_str("no address"),
        }
    }
}
