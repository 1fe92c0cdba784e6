//! Network interfaces: their numbers, which addresses have for a scope, and their names.

use std::ffi::{CStr, CString};

use std::net::SocketAddr;
use std::{ptr, slice};

use super::address::RawAddress;
use super::call::{NO_FD, call};
use super::errno::Errno;

/// What the system says of a name that no interface has.
#[cfg(any(target_os = "linux", target_os = "android"))]
const NO_SUCH_NAME: Errno = Errno::ENODEV;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const NO_SUCH_NAME: Errno = Errno::ENXIO;

/// The number of the interface of that name, `eth0`; it is never 0.
///
/// The C library may open a socket for a moment to ask on.
///
/// # Errors
///
/// `ENODEV` on Linux, `ENXIO` elsewhere, if there is none. `EINVAL` for a name with a zero byte in it.
pub fn if_nametoindex(name: &str) -> Result<u32, Errno> {
    let text = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // A library that cuts a name that is too long would find the interface of another name.
    if name.len() >= libc::IF_NAMESIZE as usize {
        return Err(NO_SUCH_NAME);
    }
    let mut index = 0;
    call("if_nametoindex", NO_FD, |_| {
        // SAFETY: the C library reads the name up to its zero byte.
        index = unsafe { libc::if_nametoindex(text.as_ptr()) };
        if index == 0 { -1 } else { index as isize }
    })?;
    Ok(index)
}

/// The name of the interface of that number (`uv_if_indextoname`). What is no UTF-8 in it is replaced.
///
/// # Errors
///
/// `ENXIO` if there is none; there is never one of number 0.
pub fn if_indextoname(index: u32) -> Result<String, Errno> {
    let mut name = [0u8; libc::IF_NAMESIZE as usize];
    call("if_indextoname", NO_FD, |_| {
        // SAFETY: the C library writes a name, with its zero byte no longer than the array.
        let result = unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) };
        if result.is_null() { -1 } else { 0 }
    })?;
    let name = CStr::from_bytes_until_nul(&name).map_err(|_| Errno::ENXIO)?;
    Ok(name.to_string_lossy().into_owned())
}

/// The scope of the first link-local IPv6 address that one of the machine's interfaces has (`uv__ipv6_link_local_scope_id`): what is meant by a link-local
/// address that says nothing of it. `None` if there is none, or the system does not tell. The call's name is `getifaddrs`.
pub fn link_local_scope() -> Option<u32> {
    let mut first = ptr::null_mut();
    call("getifaddrs", NO_FD, |_| {
        // SAFETY: the C library writes where its list begins.
        unsafe { libc::getifaddrs(&mut first) as isize }
    })
    .ok()?;
    let mut scope = None;
    let mut next = first.cast_const();
    // SAFETY: each pointer of the list is null or points to an entry, which stays until the list is freed, below.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ifa_next;
        if let Some(SocketAddr::V6(v6)) = address_at(entry.ifa_addr)
            && v6.ip().is_unicast_link_local()
        {
            scope = Some(v6.scope_id());
            break;
        }
    }
    // SAFETY: the list is `getifaddrs`'s, and nothing of it is used after this.
    unsafe { libc::freeifaddrs(first) };
    scope
}

/// The IPv6 address that an entry of `getifaddrs`'s list points to, if it is one.
fn address_at(at: *const libc::sockaddr) -> Option<SocketAddr> {
    // SAFETY: the pointer is null, or points to an address, which has at least the fields that all have.
    let family = i32::from(unsafe { at.as_ref() }?.sa_family);
    if family != libc::AF_INET6 {
        return None;
    }
    // SAFETY: an address of that family has so many bytes.
    let bytes = unsafe { slice::from_raw_parts(at.cast::<u8>(), size_of::<libc::sockaddr_in6>()) };
    RawAddress::from_bytes(bytes).ip()
}
