//! What can be done with any descriptor.

use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

use super::call::{call, call_once};
use super::errno::Errno;

/// Closes a descriptor. It is gone afterwards whatever the result: after `EINTR` too, so the call is never repeated.
///
/// # Errors
///
/// What the kernel finds out only now, of a file for example that its data did not reach it: `EIO`, `ENOSPC`, `EDQUOT`;
/// and `EINTR`.
pub fn close(fd: OwnedFd) -> Result<(), Errno> {
    let fd = fd.into_raw_fd();
    // SAFETY: the descriptor was owned, so nobody else closes it, and nobody uses it after us.
    call_once("close", fd, |_| unsafe { libc::close(fd) } as isize)?;
    Ok(())
}

/// Whether a descriptor of that number is open in this process.
pub fn descriptor_is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD only reads the descriptor's flags.
    call("fcntl", fd, |_| unsafe { libc::fcntl(fd, libc::F_GETFD) }
        as isize)
    .is_ok()
}

/// Makes calls on a descriptor return `EAGAIN` instead of waiting, or undoes that (`uv__nonblock`).
///
/// # Errors
///
/// None that a socket or a pipe can have. `ENOTTY` or `ENODEV` from some devices on some systems.
pub fn set_nonblocking(fd: BorrowedFd<'_>, nonblocking: bool) -> Result<(), Errno> {
    set_nonblocking_raw(fd.as_raw_fd(), nonblocking)
}

/// Whether calls on a descriptor return `EAGAIN` instead of waiting. The call's name is `fcntl`.
///
/// # Errors
///
/// None that a descriptor that is open can have.
pub fn is_nonblocking(fd: BorrowedFd<'_>) -> Result<bool, Errno> {
    Ok(status_flags(fd.as_raw_fd())? & libc::O_NONBLOCK != 0)
}

/// As [`set_nonblocking`], for a number that may or may not be an open descriptor: if it is not, the error is `EBADF`.
pub(crate) fn set_nonblocking_raw(fd: RawFd, nonblocking: bool) -> Result<(), Errno> {
    let flags = status_flags(fd)?;
    let wanted = if nonblocking {
        flags | libc::O_NONBLOCK
    } else {
        flags & !libc::O_NONBLOCK
    };
    if wanted != flags {
        fcntl(fd, libc::F_SETFL, wanted)?;
    }
    Ok(())
}

/// What a descriptor was opened for, and how.
pub(super) fn status_flags(fd: RawFd) -> Result<i32, Errno> {
    Ok(fcntl(fd, libc::F_GETFL, 0)? as i32)
}

/// Makes a descriptor close itself on `exec`.
#[allow(
    dead_code,
    reason = "systems that can set the flag when they make the descriptor do not need it"
)]
pub(crate) fn set_cloexec(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC)?;
    Ok(())
}

/// `fcntl` with a number as its argument, of which no command used here makes a pointer.
fn fcntl(fd: RawFd, command: i32, argument: i32) -> Result<usize, Errno> {
    call("fcntl", fd, |_| {
        // SAFETY: the commands read or write the descriptor's flags, all passed by value. `fd` may be any number.
        unsafe { libc::fcntl(fd, command, argument) as isize }
    })
}
