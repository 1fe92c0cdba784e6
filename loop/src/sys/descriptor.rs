//! What a descriptor is, and what may be done with it.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use super::call::call;
use super::errno::Errno;
use super::fd::status_flags;
use super::option::get;
use super::socket::own_address;

/// What a descriptor is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// It can be read from.
    pub readable: bool,
    /// It can be written to.
    pub writable: bool,
}

/// What stands behind a descriptor, as far as that decides which kind of handle suits it (`uv_handle_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DescriptorKind {
    /// A regular file, or a device that is no terminal (`/dev/null`).
    File,
    /// A pipe or a FIFO, either end.
    Pipe,
    /// A terminal.
    Tty,
    /// A TCP socket: a stream over IPv4 or IPv6.
    Tcp,
    /// A UDP socket: datagrams over IPv4 or IPv6.
    Udp,
    /// A Unix-domain stream.
    UnixStream,
    /// A Unix-domain socket for datagrams.
    UnixDatagram,
    /// Something else: a directory, a socket of another sort, a poller.
    Unknown,
}

/// What a descriptor was opened for (`F_GETFL`). The call's name is `fcntl`.
///
/// A socket is open for both, whatever has been shut down since.
///
/// # Errors
///
/// None that a descriptor that is open can have.
pub fn access(fd: BorrowedFd<'_>) -> Result<Access, Errno> {
    let flags = status_flags(fd.as_raw_fd())?;
    let mode = flags & (libc::O_RDONLY | libc::O_WRONLY | libc::O_RDWR);
    let neither = PATH_ONLY.is_some_and(|flag| flags & flag != 0);
    Ok(Access {
        readable: !neither && (mode == libc::O_RDONLY || mode == libc::O_RDWR),
        writable: !neither && (mode == libc::O_WRONLY || mode == libc::O_RDWR),
    })
}

/// The flag of descriptors that stand for a place in the file system, and can be neither read nor written.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const PATH_ONLY: Option<i32> = Some(libc::O_PATH);
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const PATH_ONLY: Option<i32> = None;

/// What stands behind a descriptor of that number (`uv_guess_handle`, which reports an error as unknown, and the two
/// Unix-domain kinds as one and none).
///
/// The calls' names are `fstat`, and then `tcgetattr` for a device, `getsockname` and `getsockopt` for a socket.
///
/// # Errors
///
/// `EBADF` if none is open.
pub fn descriptor_kind(fd: RawFd) -> Result<DescriptorKind, Errno> {
    Ok(match file_type(fd)? {
        libc::S_IFREG => DescriptorKind::File,
        libc::S_IFCHR if is_terminal(fd) => DescriptorKind::Tty,
        libc::S_IFCHR => DescriptorKind::File,
        libc::S_IFIFO => DescriptorKind::Pipe,
        libc::S_IFSOCK => socket_kind(fd)?,
        _ => DescriptorKind::Unknown,
    })
}

fn file_type(fd: RawFd) -> Result<libc::mode_t, Errno> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    call("fstat", fd, |_| {
        // SAFETY: the kernel writes one `stat`. `fd` may be any number.
        unsafe { libc::fstat(fd, status.as_mut_ptr()) as isize }
    })?;
    // SAFETY: the call succeeded, so the kernel wrote it.
    let status = unsafe { status.assume_init() };
    Ok(status.st_mode & libc::S_IFMT)
}

fn is_terminal(fd: RawFd) -> bool {
    let mut settings = MaybeUninit::<libc::termios>::uninit();
    call("tcgetattr", fd, |_| {
        // SAFETY: the kernel writes one `termios`, if it is a terminal.
        unsafe { libc::tcgetattr(fd, settings.as_mut_ptr()) as isize }
    })
    .is_ok()
}

fn socket_kind(fd: RawFd) -> Result<DescriptorKind, Errno> {
    let family = own_address(fd)?.family();
    let kind = get(fd, libc::SOL_SOCKET, libc::SO_TYPE, 0)?;
    Ok(match (family, kind) {
        (Some(libc::AF_INET | libc::AF_INET6), libc::SOCK_STREAM) => DescriptorKind::Tcp,
        (Some(libc::AF_INET | libc::AF_INET6), libc::SOCK_DGRAM) => DescriptorKind::Udp,
        (Some(libc::AF_UNIX), libc::SOCK_STREAM) => DescriptorKind::UnixStream,
        (Some(libc::AF_UNIX), libc::SOCK_DGRAM) => DescriptorKind::UnixDatagram,
        _ => DescriptorKind::Unknown,
    })
}
