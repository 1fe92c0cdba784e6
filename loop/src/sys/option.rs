//! Options of sockets.
//!
//! Whatever `socket2` has a name for is set through its `SockRef`, which borrows any descriptor; its errors become an
//! [`Errno`] with `?`. Through [`set_with`] and [`get_with`] that passes through the door, so that it is in the trace and faults meet it; used alone, it
//! does not. For options that `socket2` does not know, there are [`get_option`] and [`set_option`], by number.
//!
//! ```
//! use std::os::fd::AsFd;
//! use uvox_loop::sys::{self, Domain, SockRef, Type};
//!
//! let socket = sys::socket(Domain::IPV4, Type::STREAM, None)?;
//! SockRef::from(&socket).set_tcp_nodelay(true)?;
//! assert_eq!(sys::take_error(socket.as_fd())?, None);
//! # Ok::<(), uvox_loop::Errno>(())
//! ```

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use socket2::SockRef;

use super::call::call;
use super::errno::Errno;

/// Reads an option that is a number, or a switch.
///
/// # Errors
///
/// `ENOPROTOOPT`, from some protocols `EOPNOTSUPP` or `EINVAL`, if there is no such option.
pub fn get_option(socket: BorrowedFd<'_>, level: i32, name: i32) -> Result<i32, Errno> {
    get(socket.as_raw_fd(), level, name, 0)
}

/// Sets an option that is a number, or a switch.
///
/// # Errors
///
/// `ENOPROTOOPT`, from some protocols `EOPNOTSUPP`, if there is no such option. `EINVAL` for a value that it cannot
/// have, also because it is too late for it. `EPERM` without the privilege that some options take.
pub fn set_option(socket: BorrowedFd<'_>, level: i32, name: i32, value: i32) -> Result<(), Errno> {
    set_bytes(socket.as_raw_fd(), level, name, &value.to_ne_bytes())
}

/// Sets an option, or several that belong together, by `socket2`'s name for it. For the trace and for faults it is one call of
/// `setsockopt`, and `set` may be called again, if a signal interrupts it.
///
/// # Errors
///
/// As [`set_option`].
pub fn set_with(
    socket: BorrowedFd<'_>,
    set: impl Fn(&SockRef<'_>) -> io::Result<()>,
) -> Result<(), Errno> {
    with("setsockopt", socket, set)
}

/// Reads an option, by `socket2`'s name for it. For the trace and for faults it is one call of `getsockopt`, and `get` may be called again, if a signal
/// interrupts it.
///
/// # Errors
///
/// As [`get_option`].
pub fn get_with<T>(
    socket: BorrowedFd<'_>,
    get: impl Fn(&SockRef<'_>) -> io::Result<T>,
) -> Result<T, Errno> {
    with("getsockopt", socket, get)
}

fn with<T>(
    name: &'static str,
    socket: BorrowedFd<'_>,
    f: impl Fn(&SockRef<'_>) -> io::Result<T>,
) -> Result<T, Errno> {
    let known = SockRef::from(&socket);
    // What `socket2` refuses by itself never was the kernel's error.
    let mut ended = None;
    let called = call(name, socket.as_raw_fd(), |_| match f(&known) {
        Ok(value) => {
            ended = Some(Ok(value));
            0
        }
        Err(error) => {
            ended = Some(Err(Errno::from(error)));
            -1
        }
    });
    match (called, ended) {
        (Ok(_), Some(ended)) => ended,
        // An interruption is not how it ended: the call was made again.
        (Err(_), Some(Err(refused))) if refused != Errno::EINTR => Err(refused),
        (Err(errno), _) => Err(errno),
        // There is no call that went well without an end.
        (Ok(_), None) => Err(Errno::EIO),
    }
}

/// The error that is waiting on a socket, how its attempt to connect ended for example; afterwards it is no longer
/// waiting (`SO_ERROR`). The call's name is `getsockopt`.
///
/// # Errors
///
/// None that a socket can have: what waits on it is the result.
pub fn take_error(socket: BorrowedFd<'_>) -> Result<Option<Errno>, Errno> {
    match get_option(socket, libc::SOL_SOCKET, libc::SO_ERROR)? {
        #[cfg(libkqueue)]
        0 => Ok(super::poller::stolen::take(socket.as_raw_fd())),
        #[cfg(not(libkqueue))]
        0 => Ok(None),
        number => Ok(Some(Errno::from_raw(number))),
    }
}

/// How many bytes can be read without waiting, of a datagram socket the length of the next one (`FIONREAD`). The call's
/// name is `ioctl`.
///
/// # Errors
///
/// `ENOTTY` if the descriptor is of a kind that does not tell; `EINVAL` from a listening socket on Linux.
pub fn bytes_readable(fd: BorrowedFd<'_>) -> Result<usize, Errno> {
    let fd = fd.as_raw_fd();
    let mut count: libc::c_int = 0;
    call("ioctl", fd, |_| {
        // SAFETY: the kernel writes one number.
        unsafe { libc::ioctl(fd, libc::FIONREAD as _, &raw mut count) as isize }
    })?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Sets an option of any type, given as the bytes it has in memory.
pub(super) fn set_bytes(fd: RawFd, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
    let (from, length) = (value.as_ptr(), value.len() as libc::socklen_t);
    call("setsockopt", fd, |_| {
        // SAFETY: the kernel reads at most `length` bytes, which are there; it copies them, however they are aligned.
        unsafe { libc::setsockopt(fd, level, name, from.cast(), length) as isize }
    })?;
    Ok(())
}

/// Reads an option of any type that is plain numbers; what the kernel does not write stays as it is in `value`.
pub(super) fn get<T: Copy + Numbers>(
    fd: RawFd,
    level: i32,
    name: i32,
    mut value: T,
) -> Result<T, Errno> {
    let mut length = 0;
    call("getsockopt", fd, |_| {
        length = size_of::<T>() as libc::socklen_t;
        // SAFETY: the kernel writes at most as many bytes as a `T` has, any of which make a valid `T`, and the length.
        unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &mut length) as isize }
    })?;
    Ok(value)
}

/// Types of which any bytes are a value.
///
/// # Safety
///
/// So it is.
pub(super) unsafe trait Numbers {}

// SAFETY: an integer.
unsafe impl Numbers for libc::c_int {}
// SAFETY: three integers.
#[cfg(any(target_os = "linux", target_os = "android"))]
unsafe impl Numbers for libc::ucred {}
// SAFETY: integers.
#[cfg(any(target_os = "linux", target_os = "android"))]
unsafe impl Numbers for libc::tcp_info {}
