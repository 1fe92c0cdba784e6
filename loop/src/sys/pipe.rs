//! Pipes, duplicates, and moving bytes from descriptor to descriptor within the kernel.

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use super::call::{NO_FD, call};
use super::creation::{ATOMIC, own, own_raw, set_flags};
use super::errno::Errno;

/// Makes a pipe: the end to read from, and the end to write to (`uv_pipe`, both ends non-blocking). Both are closed on
/// `exec`.
///
/// The call's name is `pipe2`, on Apple's systems `pipe`.
///
/// # Errors
///
/// `EMFILE` if this process has too many descriptors open, `ENFILE` if all processes together have. On Linux `ENFILE`
/// also if the user's pipes hold too much memory.
pub fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    let mut ends: [RawFd; 2] = [-1; 2];
    call(PIPE, NO_FD, |_| {
        // SAFETY: the kernel writes two descriptors into `ends`.
        unsafe { make_pipe(ends.as_mut_ptr()) as isize }
    })?;
    let [reader, writer] = ends.map(own_raw);
    if !ATOMIC {
        set_flags(&reader)?;
        set_flags(&writer)?;
    }
    Ok((reader, writer))
}

/// Duplicates a descriptor. The duplicate is closed on `exec`, and is none of the first three, which a program started
/// later would take for its input and output.
///
/// A duplicate of anything serves as the reserve with which a listener survives `EMFILE` (`uv__emfile_trick`): keep
/// one; when [`accept`](super::accept) has no number left for a connection, close the reserve, accept again with its
/// number, close the connection, and duplicate again. So a connection that cannot be served is turned away instead of
/// being reported as waiting for ever.
///
/// # Errors
///
/// `EMFILE` if this process has too many descriptors open; `EINVAL` if it may have no more than three.
pub fn dup(fd: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    let fd = fd.as_raw_fd();
    call("fcntl", fd, |_| {
        // SAFETY: takes its arguments by value.
        unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) as isize }
    })
    .map(own)
}

/// Moves up to `count` bytes from one descriptor to another, one of which must be a pipe, without copying them. Linux
/// only.
///
/// 0 is the end of what there is to read. In the trace it is a call on the descriptor it reads from.
///
/// # Errors
///
/// `EAGAIN`, which does not say which of the two would have to wait. `EINVAL` if neither is a pipe, or one is of a kind
/// that cannot. `EPIPE`, and a `SIGPIPE` with it, if nobody reads the other end of where the bytes go; that is so for a
/// socket too, for this call has no way to ask for silence. (A Rust program ignores that signal from the start.) What
/// else a read of the one or a write to the other fails with. `ENOSYS` anywhere but on Linux.
pub fn splice(from: BorrowedFd<'_>, to: BorrowedFd<'_>, count: usize) -> Result<usize, Errno> {
    native_splice(from.as_raw_fd(), to.as_raw_fd(), count)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn native_splice(from: RawFd, to: RawFd, count: usize) -> Result<usize, Errno> {
    let flags = libc::SPLICE_F_MOVE | libc::SPLICE_F_NONBLOCK;
    let no_offset = std::ptr::null_mut();
    call("splice", from, |most| {
        // SAFETY: takes its arguments by value; without offsets the descriptors' own positions count.
        unsafe { libc::splice(from, no_offset, to, no_offset, count.min(most), flags) }
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn native_splice(_: RawFd, _: RawFd, _: usize) -> Result<usize, Errno> {
    Err(Errno::ENOSYS)
}

#[cfg(not(target_vendor = "apple"))]
const PIPE: &str = "pipe2";
#[cfg(target_vendor = "apple")]
const PIPE: &str = "pipe";

/// # Safety
///
/// The kernel writes two descriptors.
#[cfg(not(target_vendor = "apple"))]
unsafe fn make_pipe(ends: *mut RawFd) -> i32 {
    // SAFETY: the caller's.
    unsafe { libc::pipe2(ends, libc::O_CLOEXEC | libc::O_NONBLOCK) }
}

/// # Safety
///
/// The kernel writes two descriptors.
#[cfg(target_vendor = "apple")]
unsafe fn make_pipe(ends: *mut RawFd) -> i32 {
    // SAFETY: the caller's.
    unsafe { libc::pipe(ends) }
}
