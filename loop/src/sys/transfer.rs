//! Bytes in and out: what streams do most of the time.
//!
//! All of these may transfer less than they were asked to. `EAGAIN` says that nothing can be transferred now, and a read
//! of 0 bytes into room for more that there will never be anything again. The calls named `send` are never the cause of a
//! `SIGPIPE`; that [`write`] and [`writev`] are, to a pipe or a socket without a reader, is the process's own affair (a Rust
//! program ignores that signal from the start). Apple's systems raise none for a socket, whatever the call.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd};

use super::address::RawAddress;
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
///
/// # Errors
///
/// `EAGAIN` if there is nothing to receive yet. `ECONNRESET` if the other end broke the connection off, `ETIMEDOUT` if
/// it fell silent, for datagrams `ECONNREFUSED` if nobody took an earlier one. `ENOTCONN` for a stream that was never
/// connected; Linux says `EINVAL` of a Unix-domain one.
#[inline]
pub fn recv(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (fd, to, length) = (
        socket.as_raw_fd(),
        buffer.as_mut_ptr(),
        buffer.len().min(MOST),
    );
    call("recv", fd, move |most| {
        // SAFETY: the kernel writes at most `length` bytes, for which there is room.
        unsafe { libc::recv(fd, to.cast(), length.min(most), 0) }
    })
}

/// Receives from a socket and leaves in the kernel what it received.
///
/// # Errors
///
/// As of [`recv`].
pub fn peek(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (fd, to, length) = (
        socket.as_raw_fd(),
        buffer.as_mut_ptr(),
        buffer.len().min(MOST),
    );
    call("recv", fd, move |most| {
        // SAFETY: the kernel writes at most `length` bytes, for which there is room.
        unsafe { libc::recv(fd, to.cast(), length.min(most), libc::MSG_PEEK) }
    })
}

/// Reads from any descriptor.
///
/// # Errors
///
/// As of [`recv`]; from a file or a device also `EIO`, from a directory `EISDIR`. `EBADF` if it is not open for
/// reading.
#[inline]
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (fd, to, length) = (fd.as_raw_fd(), buffer.as_mut_ptr(), buffer.len().min(MOST));
    call("read", fd, move |most| {
        // SAFETY: the kernel writes at most `length` bytes, for which there is room.
        unsafe { libc::read(fd, to.cast(), length.min(most)) }
    })
}

/// Reads from any descriptor into several buffers, one after the other.
///
/// # Errors
///
/// As of [`read`]. `EINVAL` for more than [`IOV_MAX`](super::IOV_MAX) buffers.
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

/// Sends on a socket.
///
/// # Errors
///
/// `EAGAIN` if the socket's buffer is full. `EPIPE`, without a signal, if the connection is gone or this end of it is
/// shut down, and before it once `ECONNRESET` if the other end broke it off. `ENOTCONN` or `EDESTADDRREQ`, for a stream
/// `EPIPE` on Linux, if it was never connected. `EMSGSIZE` for a datagram that is too long.
#[inline]
pub fn send(socket: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    let (fd, from, length) = (socket.as_raw_fd(), bytes.as_ptr(), bytes.len().min(MOST));
    call("send", fd, move |most| {
        // SAFETY: the kernel reads at most `length` bytes, which are there.
        unsafe { libc::send(fd, from.cast(), length.min(most), SEND) }
    })
}

/// Sends a datagram to an address. It is [`sendmsg`](super::sendmsg) for one that is in one piece and has nothing to go along with it: the kernel need not be told what there is in a
/// description that it has to fetch.
///
/// # Errors
///
/// As of [`sendmsg`](super::sendmsg).
#[inline]
pub fn sendto(socket: BorrowedFd<'_>, bytes: &[u8], to: &RawAddress) -> Result<usize, Errno> {
    let (fd, from, length) = (socket.as_raw_fd(), bytes.as_ptr(), bytes.len().min(MOST));
    call("sendto", fd, move |most| {
        let length = length.min(most);
        // SAFETY: the kernel reads at most `length` bytes, which are there, and the address, as long as it says to be.
        unsafe { libc::sendto(fd, from.cast(), length, SEND, to.as_ptr(), to.socklen()) }
    })
}

/// Sends several buffers on a socket, one after the other, as [`send`] does. The call's name is `sendmsg`.
///
/// # Errors
///
/// As of [`send`]. `EMSGSIZE` for more than [`IOV_MAX`](super::IOV_MAX) buffers: the caller splits.
#[inline]
pub fn sendv(socket: BorrowedFd<'_>, buffers: &[IoSlice<'_>]) -> Result<usize, Errno> {
    // SAFETY: the header speaks of nothing but the buffers, which outlive the call.
    unsafe { message::transmit(socket.as_raw_fd(), &message::header_of(of(buffers))) }
}

/// Writes to any descriptor.
///
/// # Errors
///
/// As of [`send`], but with `EPIPE` comes a `SIGPIPE`. To a file also `EIO`, `ENOSPC`, `EDQUOT`, `EFBIG`. `EBADF` if it
/// is not open for writing.
#[inline]
pub fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    let (fd, from, length) = (fd.as_raw_fd(), bytes.as_ptr(), bytes.len().min(MOST));
    call("write", fd, move |most| {
        // SAFETY: the kernel reads at most `length` bytes, which are there.
        unsafe { libc::write(fd, from.cast(), length.min(most)) }
    })
}

/// Writes several buffers to any descriptor, one after the other.
///
/// # Errors
///
/// As of [`write()`]. `EINVAL` for more than [`IOV_MAX`](super::IOV_MAX) buffers.
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
