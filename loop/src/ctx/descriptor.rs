//! Handles with a descriptor: giving it, watching it, taking it back.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use crate::phase::Phase;
use crate::ready::{Interest, Ready};
use crate::sys::poller::Mode;
use crate::sys::{self, Errno};
use crate::table::{Descriptor, Watching};
use crate::{Ctx, Key, emit};

/// A descriptor that a handle did not take: see [`Ctx::set_descriptor`].
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub errno: Errno,
    /// The descriptor, still the caller's.
    pub fd: OwnedFd,
}

impl From<Refused> for Errno {
    /// Closes the descriptor.
    fn from(refused: Refused) -> Errno {
        // It is gone whatever this says.
        let _ = sys::close(refused.fd);
        refused.errno
    }
}

/// Which handle watches which descriptor, by the descriptor's number.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Vec<Option<Key>>);

impl Watchers {
    /// Returns who did so far, if it is another one.
    fn set(&mut self, fd: RawFd, key: Key) -> Option<Key> {
        let at = usize::try_from(fd).ok()?;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at].replace(key).filter(|former| *former != key)
    }

    fn clear(&mut self, fd: RawFd) {
        if let Some(place) = usize::try_from(fd).ok().and_then(|at| self.0.get_mut(at)) {
            *place = None;
        }
    }
}

impl Ctx {
    /// Gives a handle its descriptor, which the loop closes when the handle is closed. It is not watched yet.
    ///
    /// # Errors
    ///
    /// [`Refused`] gives the descriptor back: `EBADF` if the handle is gone, `EINVAL` if it is closing, `EBUSY` if it already has one.
    pub fn set_descriptor(&mut self, handle: impl Into<Key>, fd: OwnedFd) -> Result<(), Refused> {
        let errno = match self.table.get_mut(handle.into()) {
            None => Errno::EBADF,
            Some(entry) if entry.is_closing() => Errno::EINVAL,
            Some(entry) if entry.descriptor.raw().is_some() => Errno::EBUSY,
            Some(entry) => {
                entry.descriptor = Descriptor::Owned(fd);
                return Ok(());
            }
        };
        Err(Refused { errno, fd })
    }

    /// A handle's own descriptor, of whatever type the handle is; `None` if it is gone, closing, or has none of its own (`uv_fileno`).
    pub fn descriptor(&self, handle: impl Into<Key>) -> Option<BorrowedFd<'_>> {
        match &self.table.get(handle.into())?.descriptor {
            Descriptor::Owned(fd) => Some(fd.as_fd()),
            Descriptor::None | Descriptor::Borrowed(_) => None,
        }
    }

    /// Lets a handle watch a descriptor that stays its owner's.
    pub(crate) fn borrow_descriptor(&mut self, key: Key, fd: RawFd) -> Result<(), Errno> {
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        entry.descriptor = Descriptor::Borrowed(fd);
        Ok(())
    }

    /// Registers a handle's descriptor with the kernel, edge-triggered and for everything: done once, for good. From now on the kernel's
    /// word is kept in [`Parts::ready`](crate::Parts::ready), and each change queues the handle. If something is ready already, that
    /// is reported first. Doing so again changes nothing.
    ///
    /// A stream socket should be connecting or listening by then: of one that is neither, the kernel says that it is hung up.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone or has no descriptor, `EINVAL` if it is closing, `EPERM` for a descriptor that cannot be waited
    /// for, such as a file, `EEXIST` if this loop already watches it for another handle, `ENOMEM` or `ENOSPC` at the kernel's limits.
    pub fn watch(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.watch_as(handle.into(), Mode::Edge)
    }

    /// The same right before the loop next waits, in the order in which it was asked for (`uv__io_start`); outside of a turn that is at once.
    /// For descriptors that just came to be, of which several may be ready: they are reported in that order, and one that is closed
    /// before costs nothing.
    ///
    /// If the kernel refuses then, the handle is told as of anything else it is ready for, with [`Ready::UNWATCHED`]; [`Ctx::watch_error`]
    /// says why.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone or has no descriptor, `EINVAL` if it is closing.
    pub fn watch_later(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        if entry.is_closing() {
            return Err(Errno::EINVAL);
        }
        entry.descriptor.raw().ok_or(Errno::EBADF)?;
        match entry.watching {
            // It will be, or it is in the list of the kernel already.
            Watching::Later | Watching::As(Mode::Edge) => return Ok(()),
            Watching::As(_) => return self.watch_as(key, Mode::Edge),
            Watching::No | Watching::Refused(_) => {}
        }
        entry.watching = Watching::Later;
        self.to_watch.push(key);
        if self.phase == Phase::Outside {
            self.watch_waiting();
        }
        Ok(())
    }

    /// Why the kernel refused to watch a handle's descriptor, if it did after [`Ctx::watch_later`].
    pub fn watch_error(&self, handle: impl Into<Key>) -> Option<Errno> {
        match self.table.get(handle.into())?.watching {
            Watching::Refused(errno) => Some(errno),
            Watching::No | Watching::Later | Watching::As(_) => None,
        }
    }

    /// Registers those that wait for it.
    #[inline]
    pub(crate) fn watch_waiting(&mut self) {
        if !self.to_watch.is_empty() {
            self.watch_each();
        }
    }

    fn watch_each(&mut self) {
        let mut waiting = std::mem::take(&mut self.to_watch);
        for key in waiting.drain(..) {
            let entry = self.table.get(key);
            // One that was closed, or changed its descriptor, does not wait any more.
            if entry.is_some_and(|entry| entry.watching == Watching::Later)
                && let Err(errno) = self.watch_as(key, Mode::Edge)
            {
                self.refuse_to_watch(key, errno);
            }
        }
        // Nothing was added: no callback ran. Its room is for the next ones.
        self.to_watch = waiting;
    }

    /// There is nobody any more to return the error to, so the handle is called.
    #[cold]
    fn refuse_to_watch(&mut self, key: Key, errno: Errno) {
        log::error!(target: "uvox::loop", "handle {key} cannot be watched: {errno}");
        if let Some(entry) = self.table.get_mut(key) {
            entry.watching = Watching::Refused(errno);
            entry.ready |= Ready::UNWATCHED;
        }
        // It is there, and open.
        let _ = self.requeue(key);
    }

    /// Watches a handle's descriptor level-triggered, for `interest` alone: each turn in which the condition holds queues the handle. What
    /// listening sockets need, and [`Poll`](crate::Poll). May be called again with another interest; none at all ends the watching, and so does
    /// a change that fails.
    ///
    /// # Errors
    ///
    /// As [`Ctx::watch`].
    pub fn watch_level(&mut self, handle: impl Into<Key>, interest: Interest) -> Result<(), Errno> {
        let key = handle.into();
        if interest.is_empty() {
            self.unwatch(key)
        } else {
            self.watch_as(key, Mode::Level(interest))
        }
    }

    fn watch_as(&mut self, key: Key, mode: Mode) -> Result<(), Errno> {
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        if entry.is_closing() {
            return Err(Errno::EINVAL);
        }
        let fd = entry.descriptor.raw().ok_or(Errno::EBADF)?;
        let result = match entry.watching {
            Watching::As(before) if before == mode => return Ok(()),
            Watching::As(_) => self.poller.change(fd, key.to_u64(), mode),
            Watching::No | Watching::Later | Watching::Refused(_) => {
                self.poller.add(fd, key.to_u64(), mode)
            }
        };
        emit!(Loop, "watch" @ key, fd = fd, mode = format!("{mode:?}"), result = result);
        if result.is_err() {
            // One that could not be changed is not left half-way: it is not watched any more.
            self.unwatch(key)?;
            return result;
        }
        entry.watching = Watching::As(mode);
        entry.ready = entry.ready.without(Ready::UNWATCHED);
        if let Some(former) = self.watchers.set(fd, key)
            && let Some(entry) = self.table.get_mut(former)
        {
            // Its descriptor was closed behind its back, and the number is another one's now. Let it not take that one down with it.
            entry.watching = Watching::No;
        }
        self.changed();
        Ok(())
    }

    /// Ends the watching of a handle's descriptor, and forgets what the kernel said of it, also what the loop had not come to yet.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn unwatch(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        self.deregister(key)?;
        for i in self.events.clone() {
            if self.poller.event(i).0 == key.to_u64() {
                self.poller.blank(i);
            }
        }
        self.changed();
        Ok(())
    }

    /// The same for a handle that is closing: what the loop had not come to yet finds nobody.
    pub(crate) fn deregister(&mut self, key: Key) -> Result<(), Errno> {
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        entry.ready = Ready::NONE;
        let before = std::mem::replace(&mut entry.watching, Watching::No);
        if let Watching::As(_) = before
            && let Some(fd) = entry.descriptor.raw()
        {
            self.watchers.clear(fd);
            self.poller.remove(fd);
            emit!(Loop, "unwatch" @ key, fd = fd);
        }
        Ok(())
    }

    /// What the kernel said of a handle's descriptor since this was last asked: for level-triggered handles, to whom it says it again.
    pub fn take_ready(&mut self, handle: impl Into<Key>) -> Ready {
        let entry = self.table.get_mut(handle.into());
        entry.map_or(Ready::NONE, |entry| std::mem::take(&mut entry.ready))
    }

    /// Takes a handle's descriptor away: no longer watched, not closed, the caller's from now on.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone or has no descriptor of its own.
    pub fn take_descriptor(&mut self, handle: impl Into<Key>) -> Result<OwnedFd, Errno> {
        let key = handle.into();
        let entry = self.table.get(key).ok_or(Errno::EBADF)?;
        if !matches!(entry.descriptor, Descriptor::Owned(_)) {
            return Err(Errno::EBADF);
        }
        self.unwatch(key)?;
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        match std::mem::replace(&mut entry.descriptor, Descriptor::None) {
            Descriptor::Owned(fd) => Ok(fd),
            Descriptor::None | Descriptor::Borrowed(_) => Err(Errno::EBADF),
        }
    }
}
