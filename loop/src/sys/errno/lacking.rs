//! The errors that not every system has: its own number where it has one, else one that no system uses.
//!
//! For those that libuv knows, the substitute is libuv's. The others are numbered from 4901.

/// The STREAMS errors, once part of POSIX.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    target_vendor = "apple"
))]
mod streams {
    pub(in crate::sys::errno) use libc::{ENODATA, ENOSR, ENOSTR, ETIME};
}
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    target_vendor = "apple"
)))]
mod streams {
    pub(in crate::sys::errno) const ENODATA: i32 = 4024;
    pub(in crate::sys::errno) const ENOSR: i32 = 4901;
    pub(in crate::sys::errno) const ENOSTR: i32 = 4902;
    pub(in crate::sys::errno) const ETIME: i32 = 4903;
}

/// The errors of remote file systems, reserved by POSIX.
#[cfg(not(target_os = "openbsd"))]
mod remote {
    pub(in crate::sys::errno) use libc::{EMULTIHOP, ENOLINK};
}
#[cfg(target_os = "openbsd")]
mod remote {
    pub(in crate::sys::errno) const EMULTIHOP: i32 = 4904;
    pub(in crate::sys::errno) const ENOLINK: i32 = 4905;
}

/// What Linux has and the BSDs have not, and the other way round.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod family {
    pub(in crate::sys::errno) const EFTYPE: i32 = 4028;
    pub(in crate::sys::errno) use libc::{ENONET, EREMOTEIO, EUNATCH};
}
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod family {
    pub(in crate::sys::errno) use libc::EFTYPE;
    pub(in crate::sys::errno) const ENONET: i32 = 4056;
    pub(in crate::sys::errno) const EREMOTEIO: i32 = 4030;
    pub(in crate::sys::errno) const EUNATCH: i32 = 4023;
}

pub(super) use family::*;
pub(super) use remote::*;
pub(super) use streams::*;
