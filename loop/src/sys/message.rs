//! Messages: bytes with an address and with control information, one at a time.

use std::io::{IoSlice, IoSliceMut};
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use super::address::RawAddress;
use super::ancillary::{self, DatagramRoom};
use super::call::call;
use super::control::Control;
use super::creation::{RECEIVED, SEND};
use super::errno::Errno;
use super::fd::close;
use super::vector::{cut, of, of_mut};

/// What a received message was, besides its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How many bytes it put into the buffers.
    pub count: usize,
    /// The datagram was longer than the buffers, and the rest of it is lost (`MSG_TRUNC`).
    pub truncated: bool,
    /// There was more control information than could be taken, so what stands in `control` may not be all of it
    /// (`MSG_CTRUNC`). If it was about descriptors, all of them are closed.
    pub control_truncated: bool,
    /// What the kernel says about the datagram: nothing it was not asked for.
    pub control: Control,
}

/// Sends one message: to an address, or to the other end of a connected socket if `to` is `None`.
///
/// On a datagram socket it is sent whole or not at all.
///
/// # Errors
///
/// `EAGAIN` if the socket's buffer is full. `EMSGSIZE` for a datagram that is too long, and for more than
/// [`IOV_MAX`](super::IOV_MAX) buffers. `ENOTSUP` if the system cannot do what `control` wants. `EDESTADDRREQ` or
/// `ENOTCONN` without an address on a socket that is not connected. `EPIPE`, without a signal, on a stream that is
/// gone. On a datagram socket also what befell earlier datagrams: `ECONNREFUSED`; then this one is not sent.
pub fn sendmsg(
    socket: BorrowedFd<'_>,
    buffers: &[IoSlice<'_>],
    to: Option<&RawAddress>,
    control: &Control,
) -> Result<usize, Errno> {
    let mut room = DatagramRoom::new();
    let mut header = header_of(of(buffers));
    address_to(&mut header, to);
    if !control.is_empty() {
        let written = control.write(to, &mut room)?;
        room.lend_written(&mut header, written);
    }
    // SAFETY: the header speaks of the buffers, of the address and of `room`, all of which outlive the call, and of as
    // many bytes as they have.
    unsafe { transmit(socket.as_raw_fd(), &header) }
}

/// Receives one message, and who sent it if `from` is there for it (connected sockets need not ask).
///
/// Descriptors that come with it are closed: [`recv_descriptors`](super::recv_descriptors) takes them.
///
/// # Errors
///
/// `EAGAIN` if there is none. `EMSGSIZE` for more than [`IOV_MAX`](super::IOV_MAX) buffers. On a datagram socket also
/// what befell datagrams that it sent: `ECONNREFUSED`; on a stream, `ECONNRESET`, `ETIMEDOUT`.
pub fn recvmsg(
    socket: BorrowedFd<'_>,
    buffers: &mut [IoSliceMut<'_>],
    mut from: Option<&mut RawAddress>,
) -> Result<Received, Errno> {
    let mut room = DatagramRoom::new();
    let mut header = header_of(of_mut(buffers));
    address_from(&mut header, from.as_deref_mut());
    room.lend(&mut header);
    // SAFETY: the header speaks of the buffers, of the address and of `room`, all of which are borrowed exclusively or
    // our own, and of as many bytes as they have.
    let count = unsafe { receive(socket.as_raw_fd(), &mut header)? };
    if let Some(from) = from {
        from.set_socklen(header.msg_namelen);
    }
    // SAFETY: the kernel filled in the header, and `room`, which it speaks of, is still there.
    Ok(unsafe { received(&header, count) })
}

/// A header of a message in these buffers, with neither address nor control information.
#[inline]
pub(super) fn header_of(buffers: &[libc::iovec]) -> libc::msghdr {
    // SAFETY: null pointers and lengths of zero are a valid header.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    header.msg_iov = buffers.as_ptr().cast_mut();
    // The type of the number differs; what one type cannot hold is too many anyway.
    header.msg_iovlen = buffers.len().min(i32::MAX as usize) as _;
    header
}

/// Puts the destination into a header.
#[inline]
pub(super) fn address_to(header: &mut libc::msghdr, to: Option<&RawAddress>) {
    if let Some(to) = to {
        header.msg_name = to.as_ptr().cast_mut().cast();
        header.msg_namelen = to.socklen();
    }
}

/// Makes room for the source in a header.
#[inline]
pub(super) fn address_from(header: &mut libc::msghdr, from: Option<&mut RawAddress>) {
    if let Some(from) = from {
        header.msg_name = from.as_mut_ptr().cast();
        header.msg_namelen = RawAddress::ROOM;
    }
}

/// Sends what a header speaks of.
///
/// # Safety
///
/// The kernel reads all that the header points to: the buffers, the address, the control information.
#[inline(always)]
pub(super) unsafe fn transmit(fd: RawFd, header: &libc::msghdr) -> Result<usize, Errno> {
    call("sendmsg", fd, |most| {
        if most == usize::MAX {
            // SAFETY: the caller's.
            return unsafe { libc::sendmsg(fd, header, SEND) };
        }
        // SAFETY: the caller's; the shortened buffers are parts of those of the header.
        unsafe { shortened(header, most, |header| libc::sendmsg(fd, header, SEND)) }
    })
}

/// Receives to where a header points, and notes in it what it received.
///
/// # Safety
///
/// The kernel writes to all that the header points to: the buffers, the address, the control information.
#[inline(always)]
pub(super) unsafe fn receive(fd: RawFd, header: &mut libc::msghdr) -> Result<usize, Errno> {
    // SAFETY: the caller's.
    unsafe { receive_with(fd, header, 0) }
}

/// The same with flags, besides those of every call.
///
/// # Safety
///
/// As of [`receive`].
#[inline(always)]
pub(super) unsafe fn receive_with(
    fd: RawFd,
    header: &mut libc::msghdr,
    flags: i32,
) -> Result<usize, Errno> {
    let flags = flags | RECEIVED;
    call("recvmsg", fd, |most| {
        if most == usize::MAX {
            // SAFETY: the caller's.
            return unsafe { libc::recvmsg(fd, header, flags) };
        }
        let original = *header;
        // SAFETY: the caller's; the shortened buffers are parts of those of the header.
        let result = unsafe {
            shortened(&original, most, |shortened| {
                let result = libc::recvmsg(fd, shortened, flags);
                *header = *shortened;
                result
            })
        };
        header.msg_iov = original.msg_iov;
        header.msg_iovlen = original.msg_iovlen;
        result
    })
}

/// What the kernel says about a message of `count` bytes. Descriptors that came with it are closed.
///
/// # Safety
///
/// The kernel filled in the header, and the control information it points to is there.
#[inline]
pub(super) unsafe fn received(header: &libc::msghdr, count: usize) -> Received {
    // SAFETY: the caller's.
    outcome(header, count, || unsafe { take_control(header) })
}

/// The same, of which somebody else knows the control information, if there is any.
#[inline]
pub(super) fn outcome(
    header: &libc::msghdr,
    count: usize,
    control: impl FnOnce() -> Control,
) -> Received {
    let control = match has_control(header) {
        true => control(),
        false => Control::default(),
    };
    Received {
        count,
        truncated: header.msg_flags & libc::MSG_TRUNC != 0,
        control_truncated: header.msg_flags & libc::MSG_CTRUNC != 0,
        control,
    }
}

/// Whether control information came: only who asked for it gets any.
#[inline]
pub(super) fn has_control(header: &libc::msghdr) -> bool {
    header.msg_controllen as usize > 0
}

/// What the control information says. Descriptors in it are closed.
///
/// # Safety
///
/// As of [`received`], and only once for each message.
#[cold]
pub(super) unsafe fn take_control(header: &libc::msghdr) -> Control {
    let mut control = Control::default();
    // SAFETY: the caller's.
    unsafe {
        ancillary::each(header, |item| {
            control.note(&item);
            item.descriptors.into_iter().for_each(close_unwanted);
        });
    }
    control
}

/// Closes a descriptor that came and is not taken. There is nobody to tell how that went.
pub(super) fn close_unwanted(descriptor: OwnedFd) {
    let _ = close(descriptor);
}

/// Calls `f` with a copy of the header whose buffers hold no more than `most` bytes.
///
/// # Safety
///
/// The header's buffers are described where it points.
#[cold]
unsafe fn shortened(
    header: &libc::msghdr,
    most: usize,
    f: impl FnOnce(&mut libc::msghdr) -> isize,
) -> isize {
    let mut copy = *header;
    let count = header.msg_iovlen as usize;
    let buffers = if count == 0 {
        &[]
    } else {
        // SAFETY: the caller's.
        unsafe { std::slice::from_raw_parts(header.msg_iov, count) }
    };
    cut(buffers, most, |buffers| {
        copy.msg_iov = buffers.as_ptr().cast_mut();
        f(&mut copy)
    })
}
