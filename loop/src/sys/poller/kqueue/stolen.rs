//! The errors that libkqueue takes off sockets in order to report them, so that the next call on the socket knows nothing
//! of them. A kernel reports an error and leaves it where it is. They are kept here, and the door puts them where they belong.

use std::cell::RefCell;
use std::os::fd::RawFd;

use crate::sys::Errno;

thread_local! {
    static STOLEN: RefCell<Vec<(RawFd, Errno)>> = const { RefCell::new(Vec::new()) };
}

/// libkqueue reported this error of a descriptor. `EIO` is what it says of anything that is no socket, from which it takes nothing.
pub(super) fn keep(fd: RawFd, errno: Errno) {
    forget(fd);
    if errno != Errno::EIO {
        STOLEN.with_borrow_mut(|stolen| stolen.push((fd, errno)));
    }
}

/// The number belongs to another descriptor now.
pub(super) fn forget(fd: RawFd) {
    STOLEN.with_borrow_mut(|stolen| stolen.retain(|(of, _)| *of != fd));
}

/// The error that is missing on a descriptor: handed out once.
pub(in crate::sys) fn take(fd: RawFd) -> Option<Errno> {
    take_if(fd, |_| true)
}

fn take_if(fd: RawFd, wanted: impl Fn(Errno) -> bool) -> Option<Errno> {
    STOLEN.with_borrow_mut(|stolen| {
        let at = stolen
            .iter()
            .position(|(of, errno)| *of == fd && wanted(*errno))?;
        Some(stolen.swap_remove(at).1)
    })
}

/// What a call would have returned if the error were still there: a read that found the end of a connection, or nothing, would
/// have found the error, and so would a write to a connection that is gone. A read of nothing may also be an empty datagram.
pub(in crate::sys) fn instead(
    name: &'static str,
    fd: RawFd,
    result: Result<usize, Errno>,
) -> Result<usize, Errno> {
    let missing = match (name, result) {
        ("recv" | "recvmsg" | "read" | "readv", Ok(0)) => take_if(fd, ends_a_connection),
        ("recv" | "recvmsg" | "recvmmsg" | "read" | "readv", Err(Errno::EAGAIN)) => take(fd),
        ("send" | "sendmsg" | "write" | "writev", Err(Errno::EPIPE)) => take(fd),
        _ => None,
    };
    missing.map_or(result, Err)
}

fn ends_a_connection(errno: Errno) -> bool {
    let ends = [
        Errno::ECONNRESET,
        Errno::ECONNABORTED,
        Errno::EPIPE,
        Errno::ETIMEDOUT,
    ];
    ends.contains(&errno)
}
