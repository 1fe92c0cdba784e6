//! Who is at the other end of a Unix-domain socket.

use std::os::fd::{AsRawFd, BorrowedFd};

use super::errno::Errno;

/// Who connected, or listened, as the kernel noted it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The process; not every system tells.
    pub process: Option<i32>,
    /// The effective user.
    pub user: u32,
    /// The effective group.
    pub group: u32,
}

/// Who is at the other end of a connected Unix-domain socket (`SO_PEERCRED`, `getpeereid`).
///
/// # Errors
///
/// `ENOTCONN` if nobody is there. For a socket that is not a Unix-domain one some error, which depends on the system.
pub fn peer_credentials(socket: BorrowedFd<'_>) -> Result<Credentials, Errno> {
    native(socket.as_raw_fd())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn native(fd: i32) -> Result<Credentials, Errno> {
    let nobody = libc::ucred {
        pid: 0,
        uid: u32::MAX,
        gid: u32::MAX,
    };
    let peer = super::option::get(fd, libc::SOL_SOCKET, libc::SO_PEERCRED, nobody)?;
    // Of a socket that is not connected the kernel says that nobody is there, and calls that no error.
    if peer.pid == 0 && peer.uid == u32::MAX {
        return Err(Errno::ENOTCONN);
    }
    Ok(Credentials {
        process: (peer.pid > 0).then_some(peer.pid),
        user: peer.uid,
        group: peer.gid,
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn native(fd: i32) -> Result<Credentials, Errno> {
    let (mut user, mut group) = (0, 0);
    super::call::call("getpeereid", fd, |_| {
        // SAFETY: the kernel writes the two numbers.
        unsafe { libc::getpeereid(fd, &mut user, &mut group) as isize }
    })?;
    Ok(Credentials {
        process: None,
        user,
        group,
    })
}
