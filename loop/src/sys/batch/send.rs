//! Sending many datagrams at once.

use std::fmt;
use std::io::IoSlice;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use super::capacity_of;
use super::kernel::{self, Header};
use crate::sys::address::RawAddress;
use crate::sys::ancillary::DatagramRoom;
use crate::sys::call::call;
use crate::sys::control::Control;
use crate::sys::errno::Errno;
use crate::sys::message::{address_to, header_of, transmit};
use crate::sys::vector::of;

/// One datagram to send: as the arguments of [`sendmsg`](crate::sys::sendmsg).
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What is in it, one buffer after the other.
    pub buffers: &'a [IoSlice<'a>],
    /// Where to; `None` on a connected socket.
    pub to: Option<&'a RawAddress>,
    /// What goes along with it.
    pub control: Control,
}

/// Sends up to so many datagrams with one call (`sendmmsg`), again and again.
pub struct SendBatch {
    /// Filled in for each call. Between calls it may point to what is no more; then nobody looks.
    headers: Vec<Header>,
    controls: Vec<DatagramRoom>,
    /// The system said that it has no such call.
    one_by_one: bool,
}

impl SendBatch {
    /// Room for so many datagrams: at least for one, and at most for [`BATCH_MAX`](crate::sys::BATCH_MAX), which takes less
    /// than a mebibyte.
    pub fn new(capacity: usize) -> SendBatch {
        let capacity = capacity_of(capacity);
        SendBatch {
            headers: Vec::with_capacity(capacity),
            controls: (0..capacity).map(|_| DatagramRoom::new()).collect(),
            one_by_one: !kernel::EXISTS,
        }
    }

    /// How many datagrams one call can send.
    pub fn capacity(&self) -> usize {
        self.controls.len()
    }

    /// Sends the first of the messages, as many as there is room for, and returns how many the kernel took.
    ///
    /// If one cannot be sent, those before it were, and their number is returned; only if it is the first, its error
    /// is. So what stopped a batch short is learnt by sending the rest. The call's name is `sendmmsg`, or `sendmsg` for
    /// each where the system has no such call; a [short count](crate::sys::fault::Effect::Short) of it counts messages.
    ///
    /// # Errors
    ///
    /// What [`sendmsg`](crate::sys::sendmsg) fails with, if it happens to the first message.
    pub fn send<'a>(
        &mut self,
        socket: BorrowedFd<'_>,
        messages: impl IntoIterator<Item = Message<'a>>,
    ) -> Result<usize, Errno> {
        let fd = socket.as_raw_fd();
        self.headers.clear();
        for (message, room) in messages.into_iter().zip(&mut self.controls) {
            match header_for(&message, room) {
                Ok(msg_hdr) => self.headers.push(Header {
                    msg_hdr,
                    msg_len: 0,
                }),
                Err(errno) if self.headers.is_empty() => return Err(errno),
                Err(_) => break,
            }
        }
        if self.headers.is_empty() {
            return Ok(0);
        }
        if !self.one_by_one {
            match self.send_together(fd) {
                Err(Errno::ENOSYS) => self.one_by_one = true,
                result => return result,
            }
        }
        self.send_one_by_one(fd)
    }

    fn send_together(&mut self, fd: RawFd) -> Result<usize, Errno> {
        let (headers, count) = (self.headers.as_mut_ptr(), self.headers.len());
        call("sendmmsg", fd, |most| {
            // SAFETY: the kernel reads `count` headers and what they point to: the buffers and addresses of messages that
            // are borrowed until `send` returns, and `controls`, which stay where they are.
            unsafe { kernel::sendmmsg(fd, headers, count.min(most)) }
        })
    }

    fn send_one_by_one(&self, fd: RawFd) -> Result<usize, Errno> {
        for (sent, header) in self.headers.iter().enumerate() {
            // SAFETY: as in `send_together`.
            if let Err(errno) = unsafe { transmit(fd, &header.msg_hdr) } {
                return if sent == 0 { Err(errno) } else { Ok(sent) };
            }
        }
        Ok(self.headers.len())
    }
}

fn header_for(message: &Message<'_>, room: &mut DatagramRoom) -> Result<libc::msghdr, Errno> {
    let mut header = header_of(of(message.buffers));
    address_to(&mut header, message.to);
    if !message.control.is_empty() {
        let written = message.control.write(message.to, room)?;
        room.lend_written(&mut header, written);
    }
    Ok(header)
}

impl fmt::Debug for SendBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendBatch")
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}
