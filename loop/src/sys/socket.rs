//! Sockets: made, named, listening, accepting, connecting, shut down.

use std::net::Shutdown;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::ptr;

use socket2::{Domain, Protocol, Type};

use super::address::RawAddress;
use super::call::{NO_FD, call, call_once};
use super::creation::{self, own, own_raw};
use super::errno::Errno;

/// Makes a socket that never waits and is closed on `exec` (`uv__socket`).
///
/// # Errors
///
/// `EMFILE` if this process has too many descriptors open, `ENFILE` if all processes together have. `EAFNOSUPPORT`,
/// `EPROTONOSUPPORT`, `EPROTOTYPE`, `ESOCKTNOSUPPORT` for what the system does not have. `EPERM` or `EACCES` for raw
/// sockets without the privilege.
pub fn socket(domain: Domain, kind: Type, protocol: Option<Protocol>) -> Result<OwnedFd, Errno> {
    let (domain, kind) = (i32::from(domain), i32::from(kind) | creation::SOCKET);
    let protocol = protocol.map_or(0, i32::from);
    let fd = call("socket", NO_FD, |_| {
        // SAFETY: takes its arguments by value.
        unsafe { libc::socket(domain, kind, protocol) as isize }
    })?;
    creation::finish_socket(own(fd))
}

/// Makes two sockets that are connected with each other (`uv_socketpair`, both ends non-blocking).
///
/// # Errors
///
/// As of [`socket`]. `EOPNOTSUPP` for other domains than `Domain::UNIX`.
pub fn socketpair(
    domain: Domain,
    kind: Type,
    protocol: Option<Protocol>,
) -> Result<(OwnedFd, OwnedFd), Errno> {
    let (domain, kind) = (i32::from(domain), i32::from(kind) | creation::SOCKET);
    let protocol = protocol.map_or(0, i32::from);
    let mut ends: [RawFd; 2] = [-1; 2];
    call("socketpair", NO_FD, |_| {
        // SAFETY: the kernel writes two descriptors into `ends`.
        unsafe { libc::socketpair(domain, kind, protocol, ends.as_mut_ptr()) as isize }
    })?;
    let [one, other] = ends.map(own_raw);
    Ok((
        creation::finish_socket(one)?,
        creation::finish_socket(other)?,
    ))
}

/// Gives a socket its own address.
///
/// # Errors
///
/// `EADDRINUSE` if somebody else has the address, or a file has the path. `EADDRNOTAVAIL` if it is not this machine's.
/// `EACCES` for a port that takes a privilege, and for a directory that may not be written to. `ENOENT`, `ENOTDIR` for
/// a path without its directory. `EINVAL` if the socket has an address already. `EAFNOSUPPORT` or `EINVAL` for an
/// address of another family.
pub fn bind(socket: BorrowedFd<'_>, address: impl Into<RawAddress>) -> Result<(), Errno> {
    let (fd, address) = (socket.as_raw_fd(), address.into());
    call("bind", fd, |_| {
        // SAFETY: the kernel reads as many bytes of the address as its length says, and they are there.
        unsafe { libc::bind(fd, address.as_ptr(), address.socklen()) as isize }
    })?;
    Ok(())
}

/// Makes a socket wait for connections, of which up to about `backlog` may be ready to be accepted.
///
/// # Errors
///
/// `EADDRINUSE` if another socket listens to its address: where two may have one, it is found out only now. `EINVAL` if
/// it is connected, `EINVAL` or `EDESTADDRREQ` if it is a Unix-domain socket without an address. `EOPNOTSUPP` for a
/// socket that takes no connections.
pub fn listen(socket: BorrowedFd<'_>, backlog: i32) -> Result<(), Errno> {
    let fd = socket.as_raw_fd();
    call("listen", fd, |_| {
        // SAFETY: takes its arguments by value.
        unsafe { libc::listen(fd, backlog) as isize }
    })?;
    Ok(())
}

/// Takes the next connection of a listening socket.
///
/// The connection never waits and is closed on `exec`. Who is at its other end, [`getpeername`] tells if anybody asks.
/// The call's name is `accept4`, on Apple's systems `accept`.
///
/// # Errors
///
/// `EAGAIN` if there is none. `EMFILE` if this process has too many descriptors open and `ENFILE` if all processes
/// together have; both leave the connection in the queue. `ECONNABORTED` if it ended while it waited, and on Linux the
/// errors that the network had for it (`ENETDOWN`, `EPROTO`, `EHOSTUNREACH`, ...): there may be others behind it.
/// `EINVAL` if the socket does not listen.
pub fn accept(listener: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    accept_to(listener.as_raw_fd(), None)
}

/// [`accept`], with the address of the other end.
///
/// # Errors
///
/// As of [`accept`].
pub fn accept_with_address(listener: BorrowedFd<'_>) -> Result<(OwnedFd, RawAddress), Errno> {
    let mut address = RawAddress::NONE;
    let connection = accept_to(listener.as_raw_fd(), Some(&mut address))?;
    Ok((connection, address))
}

/// Begins to connect a socket, or says where a datagram socket sends to.
///
/// `EINPROGRESS` means what it says: the socket becomes writable when the attempt has ended, and
/// [`take_error`](super::take_error) tells how. A signal does not end an attempt: the call is made again, and that the
/// attempt goes on or has succeeded by then is no error.
///
/// # Errors
///
/// `EINPROGRESS`. For a stream how the attempt ended, if that is known at once: `ECONNREFUSED`, `ENETUNREACH`,
/// `ETIMEDOUT`, for a path `ENOENT` or `EACCES`. `EAGAIN` if a Unix-domain listener's queue is full, and on Linux, as
/// `EADDRNOTAVAIL`, if there is no port left. `EALREADY` while an earlier attempt goes on, `EISCONN` after one that
/// succeeded. `EAFNOSUPPORT` or `EINVAL` for an address of another family.
pub fn connect(socket: BorrowedFd<'_>, address: impl Into<RawAddress>) -> Result<(), Errno> {
    let (fd, address) = (socket.as_raw_fd(), address.into());
    let mut interrupted = false;
    loop {
        let result = call_once("connect", fd, |_| {
            // SAFETY: the kernel reads as many bytes of the address as its length says, and they are there.
            unsafe { libc::connect(fd, address.as_ptr(), address.socklen()) as isize }
        });
        return match result {
            Err(Errno::EINTR) => {
                interrupted = true;
                continue;
            }
            Err(Errno::EISCONN) if interrupted => Ok(()),
            Err(Errno::EALREADY) if interrupted => Err(Errno::EINPROGRESS),
            result => result.map(drop),
        };
    }
}

/// Lets a datagram socket send to anybody again, and hear from anybody. The call's name is `connect`.
///
/// # Errors
///
/// `EINVAL`, on some systems `ENOTCONN`, for a socket that is no datagram socket.
pub fn disconnect(socket: BorrowedFd<'_>) -> Result<(), Errno> {
    // An address of no family, which is what zeros are.
    let nobody = RawAddress::from_bytes(&[0; size_of::<libc::sockaddr>()]);
    match connect(socket, nobody) {
        // The BSDs disconnect, and then find out that this is no address to connect to.
        Err(Errno::EAFNOSUPPORT | Errno::EINVAL) if ASKS_TOO_LATE => Ok(()),
        result => result,
    }
}

/// Whether the system looks at the address when it has disconnected the socket.
const ASKS_TOO_LATE: bool = cfg!(not(any(target_os = "linux", target_os = "android")));

/// Ends one direction of a connection, or both.
///
/// # Errors
///
/// `ENOTCONN` if it is not connected, on some systems also if it no longer is.
pub fn shutdown(socket: BorrowedFd<'_>, how: Shutdown) -> Result<(), Errno> {
    let fd = socket.as_raw_fd();
    let how = match how {
        Shutdown::Read => libc::SHUT_RD,
        Shutdown::Write => libc::SHUT_WR,
        Shutdown::Both => libc::SHUT_RDWR,
    };
    call("shutdown", fd, |_| {
        // SAFETY: takes its arguments by value.
        unsafe { libc::shutdown(fd, how) as isize }
    })?;
    Ok(())
}

/// The socket's own address.
///
/// # Errors
///
/// None that a socket can have, but on Apple's systems: `EINVAL` from one that is shut down.
pub fn getsockname(socket: BorrowedFd<'_>) -> Result<RawAddress, Errno> {
    own_address(socket.as_raw_fd())
}

/// The address of the other end.
///
/// # Errors
///
/// `ENOTCONN` if there is none; on Apple's systems `EINVAL` if there no longer is.
pub fn getpeername(socket: BorrowedFd<'_>) -> Result<RawAddress, Errno> {
    address_of("getpeername", socket.as_raw_fd(), libc::getpeername)
}

/// The same for a number that may or may not be an open socket.
pub(super) fn own_address(fd: RawFd) -> Result<RawAddress, Errno> {
    address_of("getsockname", fd, libc::getsockname)
}

/// `getsockname` or `getpeername`.
type AddressCall = unsafe extern "C" fn(RawFd, *mut libc::sockaddr, *mut libc::socklen_t) -> i32;

fn address_of(name: &'static str, fd: RawFd, f: AddressCall) -> Result<RawAddress, Errno> {
    let mut address = RawAddress::NONE;
    let mut length = 0;
    call(name, fd, |_| {
        length = RawAddress::ROOM;
        // SAFETY: the kernel writes at most `length` bytes of the address, which is the room there is, and the length.
        unsafe { f(fd, address.as_mut_ptr(), &mut length) as isize }
    })?;
    address.set_socklen(length);
    Ok(address)
}

fn accept_to(fd: RawFd, mut address: Option<&mut RawAddress>) -> Result<OwnedFd, Errno> {
    let mut length = 0;
    let mut take = |name, accept: AcceptCall| {
        call(name, fd, |_| {
            length = RawAddress::ROOM;
            let (to, room) = match &mut address {
                Some(address) => (address.as_mut_ptr(), &raw mut length),
                None => (ptr::null_mut(), ptr::null_mut()),
            };
            // SAFETY: the kernel writes at most `length` bytes of the address, which is the room there is, and the
            // length; or nothing, if both pointers are null.
            unsafe { accept(fd, to, room) as isize }
        })
        .map(own)
    };
    let connection = match ACCEPT4.map(|accept4| take("accept4", accept4)) {
        None | Some(Err(Errno::ENOSYS)) => {
            let connection = take("accept", libc::accept)?;
            creation::set_flags(&connection)?;
            connection
        }
        Some(connection) => connection?,
    };
    if let Some(address) = address {
        address.set_socklen(length);
    }
    creation::finish_accepted(connection)
}

/// `accept`, or `accept4` with its flags.
type AcceptCall = AddressCall;

#[cfg(not(target_vendor = "apple"))]
const ACCEPT4: Option<AcceptCall> = {
    /// # Safety
    ///
    /// As for `accept`: the kernel writes an address and its length, or nothing where the pointers are null.
    unsafe extern "C" fn accept4(
        fd: RawFd,
        address: *mut libc::sockaddr,
        length: *mut libc::socklen_t,
    ) -> i32 {
        // SAFETY: the caller's.
        unsafe { libc::accept4(fd, address, length, creation::SOCKET) }
    }
    Some(accept4)
};
#[cfg(target_vendor = "apple")]
const ACCEPT4: Option<AcceptCall> = None;
