//! Descriptors passed from process to process, over Unix-domain sockets.

use std::io::{IoSlice, IoSliceMut};
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use super::ancillary::{self, Buffer, space};
use super::control::Control;
use super::errno::Errno;
use super::message::{Received, close_unwanted, header_of, receive, transmit};
use super::vector::{of, of_mut};

/// The most descriptors that one message can carry: Linux's limit.
pub const DESCRIPTORS_MAX: usize = 253;

type Room = Buffer<{ space(DESCRIPTORS_MAX * size_of::<RawFd>()) }>;

/// Sends bytes and, with the first of them, descriptors; the receiver gets duplicates. The call's name is `sendmsg`.
///
/// If any byte was sent, all descriptors were.
///
/// # Errors
///
/// `EINVAL` for more than [`DESCRIPTORS_MAX`], and for descriptors without a byte to carry them, which a stream would
/// lose in silence. `ETOOMANYREFS` on Linux if too many are on their way already. `EAGAIN` if the socket's buffer is
/// full; `EPIPE`, without a signal, if the connection is gone. `EMSGSIZE` for more than [`IOV_MAX`](super::IOV_MAX)
/// buffers.
pub fn send_descriptors(
    socket: BorrowedFd<'_>,
    buffers: &[IoSlice<'_>],
    descriptors: &[BorrowedFd<'_>],
) -> Result<usize, Errno> {
    if descriptors.len() > DESCRIPTORS_MAX || buffers.iter().all(|buffer| buffer.is_empty()) {
        return Err(Errno::EINVAL);
    }
    let mut numbers = [0; DESCRIPTORS_MAX * size_of::<RawFd>()];
    for (number, descriptor) in numbers.as_chunks_mut().0.iter_mut().zip(descriptors) {
        *number = descriptor.as_raw_fd().to_ne_bytes();
    }
    let numbers = &numbers[..size_of_val(descriptors)];
    let mut room = Room::new();
    let mut writer = room.writer();
    if !descriptors.is_empty() {
        writer.push(libc::SOL_SOCKET, libc::SCM_RIGHTS, numbers)?;
    }
    let written = writer.written();
    let mut header = header_of(of(buffers));
    room.lend_written(&mut header, written);
    // SAFETY: the header speaks of the buffers and of `room`, which outlive the call, and of as many bytes as they have.
    unsafe { transmit(socket.as_raw_fd(), &header) }
}

/// Receives bytes, and adds the descriptors that come with them to `descriptors`. The call's name is `recvmsg`.
///
/// They are closed on `exec`. If not all of them could be taken, because this process has too many open or because
/// there were more than [`DESCRIPTORS_MAX`], then none is: they are closed, and `control_truncated` says so. The bytes
/// are there all the same.
///
/// # Errors
///
/// `EAGAIN` if there is nothing to receive. `ECONNRESET` if the other end is gone with bytes of ours unread. `EMSGSIZE`
/// for more than [`IOV_MAX`](super::IOV_MAX) buffers.
pub fn recv_descriptors(
    socket: BorrowedFd<'_>,
    buffers: &mut [IoSliceMut<'_>],
    descriptors: &mut Vec<OwnedFd>,
) -> Result<Received, Errno> {
    let mut room = Room::new();
    let mut header = header_of(of_mut(buffers));
    room.lend(&mut header);
    // SAFETY: the header speaks of the buffers, which are borrowed exclusively, and of `room`, and of as many bytes as
    // they have.
    let count = unsafe { receive(socket.as_raw_fd(), &mut header)? };
    let before = descriptors.len();
    // SAFETY: the kernel filled in the header, `room` is still there, and nobody else looks at it.
    unsafe {
        ancillary::each(&header, |mut item| {
            descriptors.append(&mut item.descriptors);
        });
    }
    let control_truncated = header.msg_flags & libc::MSG_CTRUNC != 0;
    if control_truncated {
        descriptors.drain(before..).for_each(close_unwanted);
    }
    Ok(Received {
        count,
        truncated: header.msg_flags & libc::MSG_TRUNC != 0,
        control_truncated,
        control: Control::default(),
    })
}

/// Receives bytes, and lets the kernel discard what comes with them, which never is a descriptor of this process. The call's name is `recvmsg`, where the
/// kernel does not tell, `recv`.
///
/// A read of a Unix-domain stream stops behind bytes with which something came. `control_truncated` says that something did, or that the
/// system does not tell: then a count that is short does not mean that the socket is empty.
///
/// # Errors
///
/// As of [`recv`](super::recv).
#[inline]
pub fn recv_discarding(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<Received, Errno> {
    if !TELLS {
        return Ok(Received {
            count: super::recv(socket, buffer)?,
            control_truncated: true,
            ..Received::default()
        });
    }
    let buffers = &mut [IoSliceMut::new(buffer)];
    let mut header = header_of(of_mut(buffers));
    // SAFETY: the header speaks of nothing but the buffer, which is borrowed exclusively, and of as many bytes as it has.
    let count = unsafe { receive(socket.as_raw_fd(), &mut header)? };
    Ok(Received {
        count,
        control_truncated: header.msg_flags & libc::MSG_CTRUNC != 0,
        ..Received::default()
    })
}

/// Whether the kernel marks a message of which it discarded something, also if it was given no room for it at all.
const TELLS: bool = cfg!(any(target_os = "linux", target_os = "android"));
