//! Bytes in and out: what streams do most of the time.
//!
//! All of these may transfer less than they were asked to. `EAGAIN` says that nothing can be transferred now, and a read
//! of 0 bytes into room for more that there will never be anything again. A socket is never the cause of a `SIGPIPE`
//! with the calls named `send`; what [`write`] and [`writev`] do to a pipe without a reader is the process's own affair
//! (a Rust program ignores that signal from the start).

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd};

use super::call::call;
use super::creation::SEND;
use super::errno::Errno;
use super::message;
use super::vector::{cut, of, of_mut};

/// Apple's systems refuse to transfer more than this at once, where the others transfer less than they were asked to.
const MOST: usize = if cfg!(target_vendor = "apple") {
    i32::MAX as usize
} else {
    isize::MAX as usize
};

/// Receives from a socket.
#[inline]
pub fn recv(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (fd, to, length) = (
        socket.as_raw_fd(),
        buffer.as_mut_ptr(),
        buffer.len().min(MOST),
    );
    call("recv", fd, |most| {
        // SAFETY: the kernel writes at most `length` bytes, for which there is room.
        unsafe { libc::recv(fd, to.cast(), length.min(most), 0) }
    })
}

/// Receives from a socket and leaves in the kernel what it received.
pub fn peek(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (fd, to, length) = (
        socket.as_raw_fd(),
        buffer.as_mut_ptr(),
        buffer.len().min(MOST),
    );
    call("recv", fd, |most| {
        // SAFETY: the kernel writes at most `length` bytes, for which there is room.
        unsafe { libc::recv(fd, to.cast(), length.min(most), libc::MSG_PEEK) }
    })
}

/// Reads from any descriptor.
#[inline]
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (fd, to, length) = (fd.as_raw_fd(), buffer.as_mut_ptr(), buffer.len().min(MOST));
    call("read", fd, |most| {
        // SAFETY: the kernel writes at most `length` bytes, for which there is room.
        unsafe { libc::read(fd, to.cast(), length.min(most)) }
    })
}

/// Reads from any descriptor into several buffers, one after the other; `EINVAL` for more than
/// [`IOV_MAX`](super::IOV_MAX) of them.
pub fn readv(fd: BorrowedFd<'_>, buffers: &mut [IoSliceMut<'_>]) -> Result<usize, Errno> {
    let (fd, buffers) = (fd.as_raw_fd(), of_mut(buffers));
    call("readv", fd, |most| {
        cut(buffers, most, |buffers| {
            let count = i32::try_from(buffers.len()).unwrap_or(i32::MAX);
            // SAFETY: the kernel reads so many descriptions of buffers, or refuses them for being too many, and writes to
            // those buffers, which are borrowed exclusively.
            unsafe { libc::readv(fd, buffers.as_ptr(), count) }
        })
    })
}

/// Sends on a socket; `EPIPE`, without a signal, if the connection is gone.
#[inline]
pub fn send(socket: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    let (fd, from, length) = (socket.as_raw_fd(), bytes.as_ptr(), bytes.len().min(MOST));
    call("send", fd, |most| {
        // SAFETY: the kernel reads at most `length` bytes, which are there.
        unsafe { libc::send(fd, from.cast(), length.min(most), SEND) }
    })
}

/// Sends several buffers on a socket, one after the other, as [`send`] does. The call's name is `sendmsg`.
///
/// `EMSGSIZE` for more than [`IOV_MAX`](super::IOV_MAX) of them: the caller splits.
#[inline]
pub fn sendv(socket: BorrowedFd<'_>, buffers: &[IoSlice<'_>]) -> Result<usize, Errno> {
    // SAFETY: the header speaks of nothing but the buffers, which outlive the call.
    unsafe { message::transmit(socket.as_raw_fd(), &message::header_of(of(buffers))) }
}

/// Writes to any descriptor.
#[inline]
pub fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    let (fd, from, length) = (fd.as_raw_fd(), bytes.as_ptr(), bytes.len().min(MOST));
    call("write", fd, |most| {
        // SAFETY: the kernel reads at most `length` bytes, which are there.
        unsafe { libc::write(fd, from.cast(), length.min(most)) }
    })
}

/// Writes several buffers to any descriptor, one after the other; `EINVAL` for more than
/// [`IOV_MAX`](super::IOV_MAX) of them.
#[inline]
pub fn writev(fd: BorrowedFd<'_>, buffers: &[IoSlice<'_>]) -> Result<usize, Errno> {
    let (fd, buffers) = (fd.as_raw_fd(), of(buffers));
    call("writev", fd, |most| {
        cut(buffers, most, |buffers| {
            let count = i32::try_from(buffers.len()).unwrap_or(i32::MAX);
            // SAFETY: the kernel reads so many descriptions of buffers, or refuses them for being too many, and what is in
            // those buffers.
            unsafe { libc::writev(fd, buffers.as_ptr(), count) }
        })
    })
}
