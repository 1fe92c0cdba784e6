//! Waking a loop from elsewhere: another thread, or a signal handler.
//!
//! On Linux an `eventfd`; elsewhere, and on the kqueue build, a pipe to oneself. Both are woken by one `write`, which a
//! signal handler may make; that rules out `EVFILT_USER` and the portable poller's own waker.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use super::call::{NO_FD, call};
use super::errno::Errno;

#[cfg(waker = "eventfd")]
mod native {
    use super::*;

    /// An `eventfd`, registered edge-triggered: every write is a new event, so it need never be read.
    #[derive(Debug)]
    pub(crate) struct Waker(OwnedFd);

    impl Waker {
        pub(crate) fn new() -> Result<Waker, Errno> {
            let flags = libc::EFD_CLOEXEC | libc::EFD_NONBLOCK;
            // SAFETY: takes its arguments by value.
            let fd = call("eventfd", NO_FD, |_| unsafe { libc::eventfd(0, flags) }
                as isize)?;
            // SAFETY: the kernel just made this descriptor for us.
            Ok(Waker(unsafe { OwnedFd::from_raw_fd(fd as i32) }))
        }

        pub(crate) fn wake(&self) {
            let one = 1u64;
            let fd = self.0.as_raw_fd();
            // SAFETY: the kernel reads the eight bytes of `one`. The only failure is EAGAIN when the counter would pass
            // 2⁶⁴ − 2, which one write a nanosecond reaches in five centuries.
            let _ = call("write", fd, |_| unsafe {
                libc::write(fd, (&raw const one).cast(), 8)
            });
        }

        /// [`Waker::wake`] for signal handlers: past the door, whose hooks may allocate. `errno` is left as it was.
        pub(crate) fn wake_from_signal(&self) {
            let one = 1u64;
            keeping_errno(|| {
                // SAFETY: as in `wake`; `write` may be called in a signal handler.
                unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), 8) };
            });
        }

        /// Called when the wake-up arrived.
        pub(crate) fn woken(&self) {}

        pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

#[cfg(waker = "pipe")]
mod native {
    use super::super::fd::{set_cloexec, set_nonblocking};
    use super::*;

    /// A pipe to oneself. It is emptied at each wake-up, for a full one could not wake anybody.
    #[derive(Debug)]
    pub(crate) struct Waker {
        reader: OwnedFd,
        writer: OwnedFd,
    }

    impl Waker {
        pub(crate) fn new() -> Result<Waker, Errno> {
            let mut ends = [-1; 2];
            // SAFETY: the kernel writes two descriptors into `ends`.
            call("pipe", NO_FD, |_| unsafe { libc::pipe(ends.as_mut_ptr()) }
                as isize)?;
            // SAFETY: the kernel just made these descriptors for us.
            let [reader, writer] = ends.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
            for end in [&reader, &writer] {
                set_cloexec(end.as_fd())?;
                set_nonblocking(end.as_fd(), true)?;
            }
            Ok(Waker { reader, writer })
        }

        pub(crate) fn wake(&self) {
            let fd = self.writer.as_raw_fd();
            // SAFETY: the kernel reads one byte. EAGAIN means the pipe is full of wake-ups, which is all we want.
            let _ = call("write", fd, |_| unsafe {
                libc::write(fd, [1u8].as_ptr().cast(), 1)
            });
        }

        /// [`Waker::wake`] for signal handlers: past the door, whose hooks may allocate. `errno` is left as it was.
        pub(crate) fn wake_from_signal(&self) {
            keeping_errno(|| {
                // SAFETY: as in `wake`; `write` may be called in a signal handler.
                unsafe { libc::write(self.writer.as_raw_fd(), [1u8].as_ptr().cast(), 1) };
            });
        }

        pub(crate) fn woken(&self) {
            let mut bytes = [0u8; 1024];
            let fd = self.reader.as_raw_fd();
            loop {
                // SAFETY: the kernel writes at most as many bytes as `bytes` has.
                let read = call("read", fd, |_| unsafe {
                    libc::read(fd, bytes.as_mut_ptr().cast(), bytes.len())
                });
                if read != Ok(bytes.len()) {
                    return;
                }
            }
        }

        pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
            self.reader.as_fd()
        }
    }
}

/// Runs `f` and leaves `errno` as it was, for the code that the signal interrupted.
fn keeping_errno(f: impl FnOnce()) {
    let errno = Errno::last();
    f();
    errno.store();
}

pub(crate) use native::Waker;
