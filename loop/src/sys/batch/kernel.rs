//! `sendmmsg` and `recvmmsg` as each system declares them.

#[cfg(not(target_vendor = "apple"))]
mod native {
    use std::os::fd::RawFd;
    use std::ptr;

    pub(in super::super) use libc::mmsghdr as Header;

    use crate::sys::creation::{RECEIVED, SEND};

    pub(in super::super) const EXISTS: bool = true;

    /// # Safety
    ///
    /// The kernel reads `count` headers and all that they point to, and writes to the headers.
    pub(in super::super) unsafe fn sendmmsg(
        fd: RawFd,
        headers: *mut Header,
        count: usize,
    ) -> isize {
        // SAFETY: the caller's.
        unsafe { libc::sendmmsg(fd, headers, count as _, SEND as _) as isize }
    }

    /// # Safety
    ///
    /// The kernel reads and writes `count` headers, and writes to all that they point to.
    pub(in super::super) unsafe fn recvmmsg(
        fd: RawFd,
        headers: *mut Header,
        count: usize,
    ) -> isize {
        // SAFETY: the caller's; there is no timeout.
        unsafe { libc::recvmmsg(fd, headers, count as _, RECEIVED as _, ptr::null_mut()) as isize }
    }
}

/// Apple's systems have neither; the headers are there for the calls that are made one by one.
#[cfg(target_vendor = "apple")]
mod native {
    use std::os::fd::RawFd;

    use crate::sys::Errno;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Header {
        pub(in super::super) msg_hdr: libc::msghdr,
        pub(in super::super) msg_len: u32,
    }

    pub(in super::super) const EXISTS: bool = false;

    /// # Safety
    ///
    /// It does nothing.
    pub(in super::super) unsafe fn sendmmsg(_: RawFd, _: *mut Header, _: usize) -> isize {
        Errno::ENOSYS.store();
        -1
    }

    /// # Safety
    ///
    /// It does nothing.
    pub(in super::super) unsafe fn recvmmsg(_: RawFd, _: *mut Header, _: usize) -> isize {
        Errno::ENOSYS.store();
        -1
    }
}

pub(super) use native::{EXISTS, Header, recvmmsg, sendmmsg};
