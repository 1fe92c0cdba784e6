//! Handles with a descriptor: giving it, watching it, taking it back.

use std::os::fd::{OwnedFd, RawFd};

use crate::ready::{Interest, Ready};
use crate::sys::Errno;
use crate::sys::poller::Mode;
use crate::table::Descriptor;
use crate::{Ctx, Key, emit};

impl Ctx {
    /// Gives a handle its descriptor, which the loop closes when the handle is closed. It is not watched yet.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, `EBUSY` if it already has one; the descriptor comes back.
    pub fn set_descriptor(
        &mut self,
        handle: impl Into<Key>,
        fd: OwnedFd,
    ) -> Result<(), (Errno, OwnedFd)> {
        match self.table.get_mut(handle.into()) {
            None => Err((Errno::EBADF, fd)),
            Some(entry) if entry.is_closing() => Err((Errno::EINVAL, fd)),
            Some(entry) if entry.descriptor.raw().is_some() => Err((Errno::EBUSY, fd)),
            Some(entry) => {
                entry.descriptor = Descriptor::Owned(fd);
                Ok(())
            }
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
    /// # Errors
    ///
    /// `EBADF` if the handle is gone or has no descriptor, `EINVAL` if it is closing, `EPERM` for a descriptor that cannot be waited
    /// for, such as a file, `EEXIST` if this loop already watches it for another handle, `ENOMEM` or `ENOSPC` at the kernel's limits.
    pub fn watch(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.watch_as(handle.into(), Mode::Edge)
    }

    /// Watches a handle's descriptor level-triggered, for `interest` alone: each turn in which the condition holds queues the handle. What
    /// listening sockets need, and [`Poll`](crate::Poll). May be called again with another interest; none at all ends the watching.
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
        result?;
        entry.watched = Some(mode);
        self.changed();
        Ok(())
    }

    /// Ends the watching of a handle's descriptor, and forgets what the kernel said of it.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn unwatch(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        let key = handle.into();
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        entry.ready = Ready::NONE;
        if entry.watched.take().is_some()
            && let Some(fd) = entry.descriptor.raw()
        {
            self.poller.remove(fd);
            emit!(Loop, "unwatch" @ key, fd = fd);
        }
        self.changed();
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
