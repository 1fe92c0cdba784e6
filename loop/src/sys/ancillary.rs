//! Control information beside a message (`cmsg(3)`): written for the kernel, and read from it.

use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::ptr;
use std::slice;

use super::creation::{ATOMIC, own_raw};
use super::errno::Errno;
use super::fd::set_cloexec;

/// Room for what can come with a datagram, with some to spare: two addresses and three numbers.
pub(super) type DatagramRoom = Buffer<256>;

/// Room for control information, aligned as it must be, and not initialised: the kernel or a [`Writer`] says how much
/// of it counts.
#[repr(C, align(8))]
pub(super) struct Buffer<const N: usize>([MaybeUninit<u8>; N]);

impl<const N: usize> Buffer<N> {
    pub(super) fn new() -> Buffer<N> {
        Buffer([MaybeUninit::uninit(); N])
    }

    /// Starts to write into it, from the beginning.
    pub(super) fn writer(&mut self) -> Writer<'_> {
        Writer {
            room: &mut self.0,
            filled: 0,
        }
    }

    /// Lets a header point to the first `written` bytes, for the kernel to read.
    pub(super) fn lend_written(&mut self, header: &mut libc::msghdr, written: usize) {
        header.msg_control = self.0.as_mut_ptr().cast();
        header.msg_controllen = written as _;
    }

    /// Lets a header point to all of it, for the kernel to write to.
    pub(super) fn lend(&mut self, header: &mut libc::msghdr) {
        self.lend_written(header, N);
    }
}

/// How much room a piece of information of so many bytes takes.
pub(super) const fn space(length: usize) -> usize {
    // SAFETY: it computes a number from a number.
    unsafe { libc::CMSG_SPACE(length as u32) as usize }
}

/// Writes pieces of information one after the other.
pub(super) struct Writer<'a> {
    room: &'a mut [MaybeUninit<u8>],
    filled: usize,
}

impl Writer<'_> {
    /// Adds one. `ENOBUFS` if there is no room for it.
    pub(super) fn push(&mut self, level: i32, kind: i32, data: &[u8]) -> Result<(), Errno> {
        let room = self
            .room
            .get_mut(self.filled..)
            .and_then(|room| room.get_mut(..space(data.len())))
            .ok_or(Errno::ENOBUFS)?;
        // The bytes between the pieces are sent to the kernel too, which does not look at them.
        room.fill(MaybeUninit::new(0));
        let header = room.as_mut_ptr().cast::<libc::cmsghdr>();
        // SAFETY: there is room for a header and the data after it, as `CMSG_SPACE` counts them; it is aligned, for the
        // buffer is, and every piece is as long as keeps the next one so.
        unsafe {
            (*header).cmsg_len = libc::CMSG_LEN(data.len() as u32) as _;
            (*header).cmsg_level = level;
            (*header).cmsg_type = kind;
            ptr::copy_nonoverlapping(data.as_ptr(), libc::CMSG_DATA(header), data.len());
        }
        self.filled += space(data.len());
        Ok(())
    }

    /// How many bytes were written.
    pub(super) fn written(&self) -> usize {
        self.filled
    }
}

/// A piece of control information that came with a message.
pub(super) struct Item<'a> {
    pub(super) level: i32,
    pub(super) kind: i32,
    /// Never read as anything but bytes: it may be shorter than it should be.
    pub(super) data: &'a [u8],
    /// The descriptors it brought, which are closed when the item is dropped.
    pub(super) descriptors: Vec<OwnedFd>,
}

/// Calls `f` for each piece of control information that a header points to.
///
/// # Safety
///
/// The kernel filled in the header, and what it wrote is where `msg_control` points. Only to be called once for each
/// message: descriptors in it are taken possession of.
#[inline]
pub(super) unsafe fn each(header: &libc::msghdr, mut f: impl FnMut(Item<'_>)) {
    if header.msg_controllen as usize == 0 {
        return;
    }
    let end = header.msg_control as usize + header.msg_controllen as usize;
    // SAFETY: walks over what the kernel wrote, which ends at `msg_controllen`.
    let mut at = unsafe { libc::CMSG_FIRSTHDR(header) };
    while !at.is_null() {
        // SAFETY: `at` is the aligned header of a piece. A piece that did not fit may claim to be longer than the buffer.
        let (piece, start, empty) = unsafe { (*at, libc::CMSG_DATA(at), libc::CMSG_LEN(0)) };
        let length = (piece.cmsg_len as usize)
            .saturating_sub(empty as usize)
            .min(end.saturating_sub(start as usize));
        // SAFETY: these bytes lie between the piece's header and the end of what the kernel wrote.
        let data = unsafe { slice::from_raw_parts(start, length) };
        let descriptors = match (piece.cmsg_level, piece.cmsg_type) {
            (libc::SOL_SOCKET, libc::SCM_RIGHTS) => take_descriptors(data),
            _ => Vec::new(),
        };
        f(Item {
            level: piece.cmsg_level,
            kind: piece.cmsg_type,
            data,
            descriptors,
        });
        // SAFETY: as for the first.
        at = unsafe { libc::CMSG_NXTHDR(header, at) };
    }
}

/// The descriptors that the kernel just opened for us.
#[cold]
fn take_descriptors(data: &[u8]) -> Vec<OwnedFd> {
    let numbers = data.as_chunks::<{ size_of::<RawFd>() }>().0.iter();
    numbers
        .map(|number| RawFd::from_ne_bytes(*number))
        .filter(|number| *number >= 0)
        .map(own_raw)
        .inspect(|descriptor| {
            if !ATOMIC {
                // It cannot fail for a descriptor that is open.
                let _ = set_cloexec(descriptor.as_fd());
            }
        })
        .collect()
}
