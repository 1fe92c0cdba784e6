//! `kevent(2)` as each system declares it. All that differs between them is here, and nowhere else:
//!
//! | | filter, flags | counts | urgent data |
//! | --- | --- | --- | --- |
//! | macOS and its kin | `i16`, `u16` | `int` | `EVFILT_EXCEPT` |
//! | OpenBSD, DragonFly | `i16`, `u16` | `int` | `EVFILT_EXCEPT` |
//! | FreeBSD | `i16`, `u16` | `int` | never told |
//! | NetBSD | `u32`, `u32` | `size_t` | never told |
//! | libkqueue on Linux | `i16`, `u16` | `int` | never told |
//!
//! `data` is as wide as a pointer or 64 bits wide, and may be followed by fields that must be zero; `udata` is a pointer.

use std::os::fd::RawFd;

#[cfg(libkqueue)]
use super::libkqueue as system;
#[cfg(not(libkqueue))]
use libc as system;

pub(super) use system::{EV_ADD, EV_CLEAR, EV_DELETE, EV_ENABLE, EV_EOF, EV_ERROR, EV_RECEIPT};
pub(super) use system::{EVFILT_READ, EVFILT_WRITE, kevent, kqueue};

/// A change to make, or an event.
pub(super) type Event = system::kevent;

#[cfg(not(target_os = "netbsd"))]
mod types {
    pub(in super::super) type Filter = i16;
    pub(in super::super) type Flags = u16;
    pub(in super::super) type Count = libc::c_int;
}
#[cfg(target_os = "netbsd")]
mod types {
    pub(in super::super) type Filter = u32;
    pub(in super::super) type Flags = u32;
    pub(in super::super) type Count = libc::size_t;
}
pub(super) use types::{Count, Filter, Flags};

/// The filter that tells of urgent data, and the condition it is to be given.
#[cfg(any(
    target_vendor = "apple",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
pub(super) const EXCEPT: Option<(Filter, u32)> = Some((libc::EVFILT_EXCEPT, libc::NOTE_OOB));
#[cfg(not(any(
    target_vendor = "apple",
    target_os = "openbsd",
    target_os = "dragonfly"
)))]
pub(super) const EXCEPT: Option<(Filter, u32)> = None;

/// Whether `recv` may stop at a mark of urgent data that nobody told of. Then a short read proves nothing, and every
/// readable descriptor has to be read until `EAGAIN`. libkqueue does not tell either, but it stands in for macOS.
pub(super) const URGENT_UNTOLD: bool = EXCEPT.is_none() && !cfg!(libkqueue);

impl super::Change {
    /// The change in the form that `kevent` takes.
    pub(super) fn to_event(&self) -> Event {
        // SAFETY: a `kevent` is numbers and a pointer, for all of which zero is a value.
        let mut event: Event = unsafe { std::mem::zeroed() };
        event.ident = self.fd as libc::uintptr_t;
        event.filter = self.filter;
        event.flags = self.flags;
        event.fflags = self.fflags;
        event
    }
}

/// The descriptor that an event is about.
#[inline]
pub(super) fn descriptor(event: &Event) -> RawFd {
    event.ident as RawFd
}

/// The error number in an event that reports one; 0 in a receipt of success.
#[inline]
pub(super) fn error(event: &Event) -> i32 {
    event.data as i32
}
