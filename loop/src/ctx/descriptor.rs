//! Handles with a descriptor: giving it, watching it, taking it back.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use crate::ready::{Interest, Ready};
use crate::sys::poller::Mode;
use crate::sys::{self, Errno};
use crate::table::Descriptor;
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
        let result = match entry.watched {
            Some(before) if before == mode => return Ok(()),
            Some(_) => self.poller.change(fd, key.to_u64(), mode),
            None => self.poller.add(fd, key.to_u64(), mode),
        };
        emit!(Loop, "watch" @ key, fd = fd, mode = format!("{mode:?}"), result = result);
        if result.is_err() {
            // One that could not be changed is not left half-way: it is not watched any more.
            self.unwatch(key)?;
            return result;
        }
        entry.watched = Some(mode);
        if let Some(former) = self.watchers.set(fd, key)
            && let Some(entry) = self.table.get_mut(former)
        {
            // Its descriptor was closed behind its back, and the number is another one's now. Let it not take that one down with it.
            entry.watched = None;
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
        if entry.watched.take().is_some()
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
