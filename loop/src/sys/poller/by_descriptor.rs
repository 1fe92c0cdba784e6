//! What a poller must remember of each descriptor it watches.

use std::mem::MaybeUninit;
use std::os::fd::RawFd;

use crate::sys::Errno;
use crate::sys::call::call;

/// One `T` for each watched descriptor, found by its number. The kernel gives out the lowest number that is free, so this is
/// dense, and finding is one step. That makes the descriptor's number enough to know an event by, also where a pointer, which is all
/// that `kevent` hands back, is too narrow for a token.
#[derive(Debug)]
pub(super) struct ByDescriptor<T>(Vec<Option<T>>);

impl<T> ByDescriptor<T> {
    pub(super) const fn new() -> ByDescriptor<T> {
        ByDescriptor(Vec::new())
    }

    #[inline]
    pub(super) fn get(&self, fd: RawFd) -> Option<&T> {
        self.0.get(usize::try_from(fd).ok()?)?.as_ref()
    }

    #[cfg(poller = "kqueue")]
    pub(super) fn get_mut(&mut self, fd: RawFd) -> Option<&mut T> {
        self.0.get_mut(usize::try_from(fd).ok()?)?.as_mut()
    }

    /// Those of the descriptors from this number on, in order.
    #[cfg(libkqueue)]
    pub(super) fn from(&self, fd: RawFd) -> impl Iterator<Item = (RawFd, &T)> {
        let from = usize::try_from(fd).unwrap_or(0);
        let rest = self.0.iter().enumerate().skip(from);
        rest.filter_map(|(at, value)| Some((at as RawFd, value.as_ref()?)))
    }

    /// `fd` is an open descriptor: the room taken is that of the largest.
    pub(super) fn insert(&mut self, fd: RawFd, value: T) {
        let Ok(at) = usize::try_from(fd) else { return };
        if self.0.len() <= at {
            self.0.resize_with(at + 1, || None);
        }
        self.0[at] = Some(value);
    }

    pub(super) fn remove(&mut self, fd: RawFd) -> Option<T> {
        self.0.get_mut(usize::try_from(fd).ok()?)?.take()
    }
}

/// Refuses what `epoll(7)` refuses: `EBADF` for a number that is no open descriptor, `EPERM` for a file or a directory. kqueue can
/// watch files, but says that they are ready once, or always, which is of no use to a loop.
pub(super) fn check(fd: RawFd) -> Result<(), Errno> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    call("fstat", fd, |_| {
        // SAFETY: the kernel writes one `stat`. `fd` may be any number.
        unsafe { libc::fstat(fd, stat.as_mut_ptr()) as isize }
    })?;
    // SAFETY: the call succeeded, so the kernel has written it.
    let kind = unsafe { stat.assume_init() }.st_mode & libc::S_IFMT;
    if kind == libc::S_IFREG || kind == libc::S_IFDIR {
        return Err(Errno::EPERM);
    }
    Ok(())
}
