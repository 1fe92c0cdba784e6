//! Receiving many datagrams at once.

use std::fmt;
use std::ops::Range;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::slice;

use super::capacity_of;
use super::kernel::{self, Header};
use crate::sys::address::RawAddress;
use crate::sys::ancillary::DatagramRoom;
use crate::sys::call::call;
use crate::sys::control::Control;
use crate::sys::errno::Errno;
use crate::sys::message::{
    Received, address_from, has_control, header_of, outcome, receive, take_control,
};

/// Receives up to so many datagrams with one call (`recvmmsg`), again and again.
pub struct RecvBatch {
    /// Filled in when they are needed, and used again for the same buffer. Between calls they may point to what is no more; then nobody looks.
    headers: Vec<Header>,
    buffers: Vec<libc::iovec>,
    addresses: Vec<RawAddress>,
    controls: Vec<DatagramRoom>,
    /// How many were received last.
    received: usize,
    /// What was said beside them, of those of which anything was.
    said: Vec<Control>,
    /// Why there were no more of them.
    end: BatchEnd,
    /// How long each datagram's part of the buffer was then.
    size: usize,
    /// Where that buffer begins.
    start: usize,
    /// Into how many of the headers the kernel may have written.
    used: usize,
    /// The system said that it has no such call.
    one_by_one: bool,
}

/// Why a call received no more datagrams than it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchEnd {
    /// The kernel filled all the room that it was given: there may be more.
    Full,
    /// There were no more, so that another call would find `EAGAIN`; or an error stands behind them, which it would find.
    Empty,
    /// An error stood behind them that no other call will find: it was taken off the socket, which happens where they are received one by one.
    Failed(Errno),
}

/// One of the datagrams that were received together.
#[derive(Clone, Debug)]
pub struct Datagram<'a> {
    /// Where in the buffer its bytes are.
    pub range: Range<usize>,
    /// Who sent it.
    pub from: &'a RawAddress,
    /// What else is known about it.
    pub received: Received,
}

impl RecvBatch {
    /// Room for so many datagrams: at least for one, and at most for [`BATCH_MAX`](crate::sys::BATCH_MAX), which takes less
    /// than a mebibyte.
    pub fn new(capacity: usize) -> RecvBatch {
        let capacity = capacity_of(capacity);
        RecvBatch {
            headers: Vec::with_capacity(capacity),
            buffers: Vec::with_capacity(capacity),
            addresses: vec![RawAddress::NONE; capacity],
            controls: (0..capacity).map(|_| DatagramRoom::new()).collect(),
            received: 0,
            said: vec![Control::default(); capacity],
            end: BatchEnd::Full,
            size: 0,
            start: 0,
            used: 0,
            one_by_one: !kernel::EXISTS,
        }
    }

    /// How many datagrams one call can receive.
    pub fn capacity(&self) -> usize {
        self.controls.len()
    }

    /// Why the last call received no more.
    pub fn end(&self) -> BatchEnd {
        self.end
    }

    /// Whether any that the last call received is [several in one](crate::sys::Control::segment_size).
    #[inline]
    pub fn has_coalesced(&self) -> bool {
        let mut received = self.headers[..self.received].iter().zip(&self.said);
        received.any(|(header, said)| has_control(&header.msg_hdr) && said.segment_size.is_some())
    }

    /// Receives as many datagrams as there are and as there is room for, each into `size` bytes of `buffer`, and
    /// returns how many. [`RecvBatch::get`] tells of each.
    ///
    /// The socket must be one that never waits. The call's name is `recvmmsg`, or `recvmsg` for each where the system
    /// has no such call; a [short count](crate::sys::fault::Effect::Short) of it counts messages.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the buffer has not room for one datagram of that size. What [`recvmsg`](crate::sys::recvmsg) fails
    /// with, if it happens to the first datagram: `EAGAIN` if there is none.
    pub fn recv(
        &mut self,
        socket: BorrowedFd<'_>,
        buffer: &mut [u8],
        size: usize,
    ) -> Result<usize, Errno> {
        let fd = socket.as_raw_fd();
        self.received = 0;
        if size == 0 || buffer.len() < size {
            return Err(Errno::EINVAL);
        }
        let room = self.point_to(buffer, size);
        if !self.one_by_one {
            match self.recv_together(fd, room) {
                Err(Errno::ENOSYS) => self.one_by_one = true,
                result => return result,
            }
        }
        self.recv_one_by_one(fd, room)
    }

    /// The `index`-th datagram of the last call.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Datagram<'_>> {
        let header = self.headers[..self.received].get(index)?;
        let received = outcome(&header.msg_hdr, header.msg_len as usize, || {
            self.said[index]
        });
        let start = index * self.size;
        Some(Datagram {
            range: start..start + received.count.min(self.size),
            from: &self.addresses[index],
            received,
        })
    }

    /// The datagrams of the last call.
    pub fn iter(&self) -> impl Iterator<Item = Datagram<'_>> {
        (0..self.received).filter_map(|index| self.get(index))
    }

    /// Sees to it that each header describes a part of the buffer, an address and a place for control information. Of a buffer that was described already, and most
    /// often it is the same, only the headers need that again that the kernel has written to: a datagram that comes alone would pay for all of them. Returns how many
    /// there is room for.
    fn point_to(&mut self, buffer: &mut [u8], size: usize) -> usize {
        // Only the kernel gets there by a pointer of an earlier call, and it goes by addresses.
        let start = buffer.as_mut_ptr().expose_provenance();
        if (start, size) != (self.start, self.size) {
            (self.start, self.size) = (start, size);
            self.buffers.clear();
            self.headers.clear();
        }
        for index in 0..self.used.min(self.headers.len()) {
            let header = &mut self.headers[index].msg_hdr;
            address_from(header, Some(&mut self.addresses[index]));
            self.controls[index].lend(header);
        }
        self.used = 0;
        let room = (buffer.len() / size).min(self.controls.len());
        if self.headers.len() < room {
            self.describe(buffer);
        }
        room
    }

    #[cold]
    fn describe(&mut self, buffer: &mut [u8]) {
        let described = self.headers.len();
        let parts = buffer.chunks_exact_mut(self.size).skip(described);
        let places = self.addresses.iter_mut().zip(&mut self.controls);
        for (part, (address, control)) in parts.zip(places.skip(described)) {
            // There is room for as many, so none of them is moved.
            self.buffers.push(libc::iovec {
                iov_base: part.as_mut_ptr().cast(),
                iov_len: part.len(),
            });
            let mut msg_hdr = header_of(self.buffers.last().map_or(&[], slice::from_ref));
            address_from(&mut msg_hdr, Some(address));
            control.lend(&mut msg_hdr);
            self.headers.push(Header {
                msg_hdr,
                msg_len: 0,
            });
        }
    }

    fn recv_together(&mut self, fd: RawFd, room: usize) -> Result<usize, Errno> {
        let headers = self.headers.as_mut_ptr();
        // The one at which it stops may have been written to.
        self.used = 1;
        let mut given = room;
        let count = call("recvmmsg", fd, |most| {
            given = room.min(most);
            // SAFETY: the kernel writes to `given` headers, which is not more than there are, and to what they point to: parts
            // of a buffer that is borrowed exclusively until `recv` returns, and our own addresses and controls, which stay
            // where they are.
            unsafe { kernel::recvmmsg(fd, headers, given) }
        })?;
        self.end = if count < given {
            BatchEnd::Empty
        } else {
            BatchEnd::Full
        };
        self.used = count + 1;
        for index in 0..count {
            self.note(index);
        }
        Ok(count)
    }

    fn recv_one_by_one(&mut self, fd: RawFd, room: usize) -> Result<usize, Errno> {
        for index in 0..room {
            self.used = index + 1;
            // SAFETY: as in `recv_together`.
            match unsafe { receive(fd, &mut self.headers[index].msg_hdr) } {
                Ok(count) => {
                    self.headers[index].msg_len = count as _;
                    self.note(index);
                }
                Err(errno) if index == 0 => return Err(errno),
                Err(Errno::EAGAIN) => {
                    self.end = BatchEnd::Empty;
                    return Ok(index);
                }
                Err(errno) => {
                    self.end = BatchEnd::Failed(errno);
                    return Ok(index);
                }
            }
        }
        self.end = BatchEnd::Full;
        Ok(room)
    }

    /// Keeps what the kernel said about a datagram, the next one.
    #[inline]
    fn note(&mut self, index: usize) {
        let header = &self.headers[index].msg_hdr;
        self.addresses[index].set_socklen(header.msg_namelen);
        if has_control(header) {
            // SAFETY: the kernel filled in this header, and the control information it points to is in `controls`.
            self.said[index] = unsafe { take_control(header) };
        }
        self.received = index + 1;
    }
}

impl fmt::Debug for RecvBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvBatch")
            .field("capacity", &self.capacity())
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
