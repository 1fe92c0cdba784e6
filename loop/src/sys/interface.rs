//! Network interfaces: their numbers, which addresses have for a scope, and their names.

use std::ffi::{CStr, CString};

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
