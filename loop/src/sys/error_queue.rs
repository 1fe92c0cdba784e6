//! Linux's queue of errors beside a socket's datagrams: which of those that were sent did not arrive, and why.

use std::net::IpAddr;
use std::os::fd::BorrowedFd;

use socket2::Domain;

use super::address::RawAddress;
use super::errno::Errno;

/// What became of a datagram that was sent (`struct sock_extended_err`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedError {
    /// What happened to it: `ECONNREFUSED` if nobody has the port, `EHOSTUNREACH`, `EMSGSIZE`, ...
    pub errno: Errno,
    /// Who found out.
    pub origin: ErrorOrigin,
    /// With `EMSGSIZE`, the longest packet that would pass, in bytes; else mostly 0.
    pub info: u32,
    /// Where the datagram was sent to; the port may be 0 if the error is [local](ErrorOrigin::Local).
    pub to: RawAddress,
    /// Whose message reported the error: a router on the way, or the destination. `None` if it was this machine itself
    /// without a message.
    pub offender: Option<IpAddr>,
    /// How many bytes of the datagram, its first ones, were put into the buffer.
    pub count: usize,
    /// There were more of them than there was room for.
    pub truncated: bool,
}

/// Who reports an error, and in which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorOrigin {
    /// This machine's own kernel.
    Local,
    /// A message of ICMP, of this type and code.
    Icmp(u8, u8),
    /// A message of ICMP for IPv6, of this type and code.
    Icmp6(u8, u8),
    /// Something else that is told by way of the queue (`SO_EE_ORIGIN_*`).
    Other(u8),
}

/// Makes a socket of this domain (IPv4 or IPv6) queue the errors its datagrams meet, or no longer (`IP_RECVERR`,
/// `IPV6_RECVERR`; `UV_UDP_LINUX_RECVERR`).
///
/// A socket that does so reports errors even if it is not connected. The poller reports the first as an error of the
/// socket, and one call on it fails with that error, unless [`recv_error`] took it before.
///
/// # Errors
///
/// `ENOTSUP` anywhere but on Linux. `ENOPROTOOPT` for IPv6 on a socket that is not of IPv6.
pub fn receive_errors(socket: BorrowedFd<'_>, domain: Domain, on: bool) -> Result<(), Errno> {
    native::enable(socket, domain, on)
}

/// Takes the oldest error from a socket's queue, and puts what it has of the datagram into `payload`. The call's name is
/// `recvmsg`.
///
/// # Errors
///
/// `EAGAIN` if there is none. `EBADMSG` if what was queued is no error. `ENOTSUP` anywhere but on Linux.
pub fn recv_error(socket: BorrowedFd<'_>, payload: &mut [u8]) -> Result<QueuedError, Errno> {
    native::take(socket, payload)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod native {
    use std::io::IoSliceMut;
    use std::mem::{offset_of, size_of};
    use std::os::fd::{AsRawFd, BorrowedFd};

    use libc::sock_extended_err;

    use super::{Domain, Errno, ErrorOrigin, QueuedError, RawAddress};
    use crate::sys::ancillary::{self, DatagramRoom};
    use crate::sys::message::{address_from, header_of, receive_with};
    use crate::sys::option::set_option;
    use crate::sys::vector::of_mut;

    pub(super) fn enable(socket: BorrowedFd<'_>, domain: Domain, on: bool) -> Result<(), Errno> {
        if domain == Domain::IPV6 {
            let (level, name) = (libc::IPPROTO_IPV6, libc::IPV6_RECVERR);
            set_option(socket, level, name, i32::from(on))?;
        }
        // An IPv6 socket may send by IPv4 as well, and is asked separately about that.
        set_option(socket, libc::IPPROTO_IP, libc::IP_RECVERR, i32::from(on))
    }

    pub(super) fn take(socket: BorrowedFd<'_>, payload: &mut [u8]) -> Result<QueuedError, Errno> {
        let mut to = RawAddress::NONE;
        let mut room = DatagramRoom::new();
        let mut buffers = [IoSliceMut::new(payload)];
        let mut header = header_of(of_mut(&mut buffers));
        address_from(&mut header, Some(&mut to));
        room.lend(&mut header);
        // SAFETY: the header speaks of the buffer, which is borrowed exclusively, and of `to` and `room`, and of as many
        // bytes as they have.
        let count = unsafe { receive_with(socket.as_raw_fd(), &mut header, libc::MSG_ERRQUEUE)? };
        to.set_socklen(header.msg_namelen);
        let mut found = None;
        // SAFETY: the kernel filled in the header, and `room`, which it speaks of, is still there.
        unsafe {
            ancillary::each(&header, |item| match (item.level, item.kind) {
                (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) => {
                    found = read(item.data)
                }
                _ => {}
            });
        }
        let error = found.ok_or(Errno::EBADMSG)?;
        Ok(QueuedError {
            to,
            count,
            truncated: header.msg_flags & libc::MSG_TRUNC != 0,
            ..error
        })
    }

    /// Reads a `sock_extended_err` and the address behind it.
    fn read(data: &[u8]) -> Option<QueuedError> {
        let (error, offender) = data.split_at_checked(size_of::<sock_extended_err>())?;
        let number = |at: usize| error[at..].first_chunk().copied().map(u32::from_ne_bytes);
        let kind = error[offset_of!(sock_extended_err, ee_type)];
        let code = error[offset_of!(sock_extended_err, ee_code)];
        Some(QueuedError {
            errno: Errno::from_raw(number(offset_of!(sock_extended_err, ee_errno))? as i32),
            origin: match error[offset_of!(sock_extended_err, ee_origin)] {
                libc::SO_EE_ORIGIN_LOCAL => ErrorOrigin::Local,
                libc::SO_EE_ORIGIN_ICMP => ErrorOrigin::Icmp(kind, code),
                libc::SO_EE_ORIGIN_ICMP6 => ErrorOrigin::Icmp6(kind, code),
                other => ErrorOrigin::Other(other),
            },
            info: number(offset_of!(sock_extended_err, ee_info))?,
            to: RawAddress::NONE,
            offender: RawAddress::from_bytes(offender).ip().map(|from| from.ip()),
            count: 0,
            truncated: false,
        })
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod native {
    use std::os::fd::BorrowedFd;

    use super::{Domain, Errno, QueuedError};

    pub(super) fn enable(_: BorrowedFd<'_>, _: Domain, _: bool) -> Result<(), Errno> {
        Err(Errno::ENOTSUP)
    }

    pub(super) fn take(_: BorrowedFd<'_>, _: &mut [u8]) -> Result<QueuedError, Errno> {
        Err(Errno::ENOTSUP)
    }
}
