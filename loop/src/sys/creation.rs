//! New descriptors: closed on `exec` and never waiting, from the first instant where the system can do that.

use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};

use super::errno::Errno;
use super::fd::{set_cloexec, set_nonblocking};

#[cfg(not(target_vendor = "apple"))]
mod flags {
    pub(in crate::sys) const SOCKET: i32 = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    pub(in crate::sys) const RECEIVED: i32 = libc::MSG_CMSG_CLOEXEC;
    pub(in crate::sys) const SEND: i32 = libc::MSG_NOSIGNAL;
    pub(in crate::sys) const ATOMIC: bool = true;
}

/// Apple's system calls take no such flags, so they are set afterwards; a `fork` in between inherits the descriptor.
#[cfg(target_vendor = "apple")]
mod flags {
    pub(in crate::sys) const SOCKET: i32 = 0;
    pub(in crate::sys) const RECEIVED: i32 = 0;
    pub(in crate::sys) const SEND: i32 = 0;
    pub(in crate::sys) const ATOMIC: bool = false;
}

pub(super) use flags::{ATOMIC, RECEIVED, SEND, SOCKET};

/// Takes possession of a descriptor that a system call just returned.
pub(super) fn own(fd: usize) -> OwnedFd {
    own_raw(fd as RawFd)
}

/// The same for one that the kernel wrote to memory.
pub(super) fn own_raw(fd: RawFd) -> OwnedFd {
    // SAFETY: the callers pass what the kernel just made for them, so nobody else owns it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// A socket that was just made, with whatever its system could not set as it made it.
pub(super) fn finish_socket(socket: OwnedFd) -> Result<OwnedFd, Errno> {
    if !ATOMIC {
        set_flags(&socket)?;
    }
    forbid_sigpipe(&socket)?;
    Ok(socket)
}

/// A connection that was just accepted, its flags set.
pub(super) fn finish_accepted(connection: OwnedFd) -> Result<OwnedFd, Errno> {
    match forbid_sigpipe(&connection) {
        // A connection that the peer has ended already takes no options any more. It has this one from its listener.
        Ok(()) | Err(Errno::EINVAL) => Ok(connection),
        Err(errno) => Err(errno),
    }
}

/// Sets by hand what the system could not set as it made the descriptor.
pub(super) fn set_flags(fd: &OwnedFd) -> Result<(), Errno> {
    set_cloexec(fd.as_fd())?;
    set_nonblocking(fd.as_fd(), true)
}

/// Makes a write to a connection that is gone return `EPIPE` without a signal. Where each call says so, nothing is to do.
#[cfg(not(target_vendor = "apple"))]
fn forbid_sigpipe(_: &OwnedFd) -> Result<(), Errno> {
    Ok(())
}

#[cfg(target_vendor = "apple")]
fn forbid_sigpipe(socket: &OwnedFd) -> Result<(), Errno> {
    super::option::set_option(socket.as_fd(), libc::SOL_SOCKET, libc::SO_NOSIGPIPE, 1)
}
