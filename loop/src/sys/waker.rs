//! Waking a loop from elsewhere: another thread, or a signal handler.
//!
//! On Linux an `eventfd`; elsewhere, and on the kqueue build, a pipe to oneself. Both are woken by one `write`, which a
//! signal handler may make; that rules out `EVFILT_USER` and the portable poller's own waker.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::errno::Errno;
use super::transfer;

#[cfg(waker = "eventfd")]
mod native {
    use super::*;
    use crate::sys::call::{NO_FD, call};
    use crate::sys::creation::own;

    /// An `eventfd`, registered edge-triggered: every write is a new event, so it need never be read.
    #[derive(Debug)]
    pub(crate) struct Waker(OwnedFd);

    /// One more wake-up. The only failure is `EAGAIN` when the counter would pass 2⁶⁴ − 2, which one write a nanosecond
    /// reaches in five centuries.
    pub(super) const WAKE_UP: [u8; 8] = 1u64.to_ne_bytes();

    impl Waker {
        pub(crate) fn new() -> Result<Waker, Errno> {
            let eventfd = call("eventfd", NO_FD, |_| {
                // SAFETY: takes its arguments by value.
                unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) as isize }
            })?;
            Ok(Waker(own(eventfd)))
        }

        /// Called when the wake-up arrived.
        pub(crate) fn woken(&self) {}

        /// What becomes readable.
        pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }

        pub(super) fn to_write(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

#[cfg(waker = "pipe")]
mod native {
    use super::*;
    use crate::sys::pipe::pipe;

    /// A pipe to oneself. It is emptied at each wake-up, for a full one could not wake anybody.
    #[derive(Debug)]
    pub(crate) struct Waker {
        reader: OwnedFd,
        writer: OwnedFd,
    }

    /// One more wake-up. `EAGAIN` means the pipe is full of them, which is all we want.
    pub(super) const WAKE_UP: [u8; 1] = [1];

    impl Waker {
        pub(crate) fn new() -> Result<Waker, Errno> {
            let (reader, writer) = pipe()?;
            Ok(Waker { reader, writer })
        }

        /// Called when the wake-up arrived.
        pub(crate) fn woken(&self) {
            let mut bytes = [0; 1024];
            while transfer::read(self.reader.as_fd(), &mut bytes) == Ok(bytes.len()) {}
        }

        /// What becomes readable.
        pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
            self.reader.as_fd()
        }

        pub(super) fn to_write(&self) -> BorrowedFd<'_> {
            self.writer.as_fd()
        }
    }
}

impl Waker {
    /// Makes the loop's next wait return, or the one it is in.
    pub(crate) fn wake(&self) -> Result<(), Errno> {
        match transfer::write(self.to_write(), &native::WAKE_UP) {
            Ok(_) | Err(Errno::EAGAIN) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    /// The same for signal handlers: past the door, whose hooks may allocate. `errno` is left as it was, for the code
    /// that the signal interrupted.
    pub(crate) fn wake_from_signal(&self) {
        let errno = Errno::last();
        let (fd, bytes) = (self.to_write().as_raw_fd(), native::WAKE_UP);
        // SAFETY: the kernel reads as many bytes as there are; `write` may be called in a signal handler.
        unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
        errno.store();
    }
}

pub(crate) use native::Waker;
