//! The errors that libkqueue takes off sockets in order to report them, so that the next call on the socket knows nothing
//! of them. A kernel reports an error and leaves it where it is. They are kept here, and the door puts them where they belong.

use std::cell::RefCell;
use std::os::fd::RawFd;

use crate::sys::Errno;

thread_local! {
    static STOLEN: RefCell<Vec<(RawFd, Errno)>> = const { RefCell::new(Vec::new()) };
}

/// libkqueue reported this error of a descriptor.
pub(super) fn keep(fd: RawFd, errno: Errno) {
    forget(fd);
    STOLEN.with_borrow_mut(|stolen| stolen.push((fd, errno)));
}

/// The number belongs to another descriptor now.
pub(super) fn forget(fd: RawFd) {
    STOLEN.with_borrow_mut(|stolen| stolen.retain(|(of, _)| *of != fd));
}

/// The error that is missing on a descriptor: handed out once.
pub(in crate::sys) fn take(fd: RawFd) -> Option<Errno> {
    STOLEN.with_borrow_mut(|stolen| {
        let at = stolen.iter().position(|(of, _)| *of == fd)?;
        Some(stolen.swap_remove(at).1)
    })
}

/// What a call would have returned if the error were still there: a read that found the end, or nothing, would have found the
/// error, and so would a write to a connection that is gone.
pub(in crate::sys) fn instead(
    name: &'static str,
    fd: RawFd,
    result: Result<usize, Errno>,
) -> Result<usize, Errno> {
    let missed = match name {
        "recv" | "recvmsg" | "read" | "readv" => {
            matches!(result, Ok(0) | Err(Errno::EAGAIN))
        }
        "send" | "sendmsg" | "write" | "writev" => result == Err(Errno::EPIPE),
        _ => false,
    };
    match missed.then(|| take(fd)).flatten() {
        Some(errno) => Err(errno),
        None => result,
    }
}
