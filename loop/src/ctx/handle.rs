//! What can be done with any handle.

use std::os::fd::RawFd;
#[cfg(debug_assertions)]
use std::panic::Location;

use crate::kind::{Kind, State};
use crate::sys::Errno;
use crate::table::{Entry, Parts};
use crate::{Ctx, Handle, Key};

/// What can be said of any handle: see [`Ctx::walk`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandleInfo {
    /// Its name.
    pub key: Key,
    /// Its type: `"timer"`, `"tcp"` (`uv_handle_type_name`).
    pub kind: &'static str,
    /// Whether it is doing something (`uv_is_active`).
    pub active: bool,
    /// Whether it keeps the loop alive while it is active (`uv_has_ref`).
    pub referenced: bool,
    /// Whether it is being closed (`uv_is_closing`).
    pub closing: bool,
    /// Its descriptor, if it has one (`uv_fileno`).
    pub fd: Option<RawFd>,
    /// The line that made it; kept in debug builds only.
    pub created_at: Option<&'static std::panic::Location<'static>>,
}

impl HandleInfo {
    pub(crate) fn of(key: Key, entry: &Entry) -> HandleInfo {
        HandleInfo {
            key,
            kind: entry.state.kind().name(),
            active: entry.active,
            referenced: entry.referenced,
            closing: entry.is_closing(),
            fd: entry.descriptor.raw(),
            #[cfg(debug_assertions)]
            created_at: Some(entry.created_at as &Location<'_>),
            #[cfg(not(debug_assertions))]
            created_at: None,
        }
    }
}

impl Ctx {
    /// Whether the handle is doing something: a timer that is started, a stream that reads or listens. False for one that
    /// is gone (`uv_is_active`).
    pub fn is_active(&self, handle: impl Into<Key>) -> bool {
        self.table
            .get(handle.into())
            .is_some_and(|entry| entry.active)
    }

    /// Whether the handle is closing or gone (`uv_is_closing`).
    pub fn is_closing(&self, handle: impl Into<Key>) -> bool {
        self.table.get(handle.into()).is_none_or(Entry::is_closing)
    }

    /// Whether the handle keeps the loop alive while it is active. False for one that is gone (`uv_has_ref`).
    pub fn has_ref(&self, handle: impl Into<Key>) -> bool {
        self.table
            .get(handle.into())
            .is_some_and(|entry| entry.referenced)
    }

    /// Lets the handle keep the loop alive while it is active, as every handle does at first. Doing so twice changes nothing
    /// (`uv_ref`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn ref_(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.hold(handle.into(), |entry| entry.referenced = true)
    }

    /// Lets the loop end though the handle is active (`uv_unref`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn unref(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.hold(handle.into(), |entry| entry.referenced = false)
    }

    /// Says that a handle is doing something, or no longer is (`uv__handle_start`, `uv__handle_stop`). For the authors of handle types.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    #[inline]
    pub fn set_active(&mut self, handle: impl Into<Key>, active: bool) -> Result<(), Errno> {
        self.hold(handle.into(), |entry| entry.active = active)
    }

    /// Changes an entry, and keeps the count of handles that hold the loop in step.
    #[inline]
    fn hold(&mut self, key: Key, change: impl FnOnce(&mut Entry)) -> Result<(), Errno> {
        let entry = self.table.get_mut(key).ok_or(Errno::EBADF)?;
        let before = entry.holds_loop();
        change(entry);
        match (before, entry.holds_loop()) {
            (false, true) => self.holding += 1,
            (true, false) => self.holding -= 1,
            // What an unreferenced handle does may matter to a host that waits, too.
            _ => {}
        }
        self.changed();
        Ok(())
    }

    /// Visits every handle, oldest first, those that are closing included (`uv_walk`). Handles made by the visitor are not visited;
    /// those it closes still are.
    ///
    /// ```
    /// # let mut lp = uvox_loop::Loop::new()?;
    /// // Close everything that is still open.
    /// lp.walk(|cx, handle| {
    ///     if !handle.closing {
    ///         cx.close(handle.key, |_| ()).unwrap();
    ///     }
    /// });
    /// # Ok::<(), uvox_loop::Errno>(())
    /// ```
    pub fn walk(&mut self, mut visit: impl FnMut(&mut Ctx, HandleInfo)) {
        for key in self.table.keys() {
            if let Some(info) = self.info(key) {
                visit(self, info);
            }
        }
    }

    /// What can be said of a handle; `None` if it is gone.
    pub fn info(&self, handle: impl Into<Key>) -> Option<HandleInfo> {
        let key = handle.into();
        self.table.get(key).map(|entry| HandleInfo::of(key, entry))
    }

    /// Makes a handle: its state goes into the loop's table. It is referenced, and not active. For the authors of handle types.
    #[track_caller]
    pub fn insert<T: State>(&mut self, state: T) -> Handle<T> {
        self.table.insert(state)
    }

    /// As [`Ctx::insert`], for a type of state that several types of handle share: `kind` is this handle's.
    #[track_caller]
    pub fn insert_as<T: State>(&mut self, kind: &'static Kind<T>, state: T) -> Handle<T> {
        self.table.insert_with(kind, |_| state)
    }

    /// Makes a handle part of another one that uses it, a listener's timer say: it is not shown by [`Ctx::walk`], and
    /// [`Loop::close`](crate::Loop::close) does not wait for it (`UV_HANDLE_INTERNAL`). Whoever made it closes it.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn set_internal(&mut self, handle: impl Into<Key>) -> Result<(), Errno> {
        self.table
            .get_mut(handle.into())
            .ok_or(Errno::EBADF)?
            .internal = true;
        Ok(())
    }

    /// The state of a handle, until its close callback is about to run.
    #[inline]
    pub fn state<T: State>(&self, handle: Handle<T>) -> Option<&T> {
        self.table.state(handle)
    }

    /// The state of a handle, to change it.
    #[inline]
    pub fn state_mut<T: State>(&mut self, handle: Handle<T>) -> Option<&mut T> {
        self.table.state_mut(handle)
    }

    /// The state of a handle that is open: what the calls begin with that start something.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    #[inline]
    pub fn open_state<T: State>(&mut self, handle: Handle<T>) -> Result<&mut T, Errno> {
        let entry = self.table.get_mut(handle.key()).ok_or(Errno::EBADF)?;
        if entry.is_closing() {
            return Err(Errno::EINVAL);
        }
        entry.state.get_mut().ok_or(Errno::EBADF)
    }

    /// Resolves a handle to all that its next step needs; nothing if it is gone, closing, or without a descriptor of its own.
    ///
    /// Resolve, act, let go: after any callback ran, resolve again, for it may have closed the handle.
    #[inline]
    pub fn parts<T: State>(&mut self, handle: Handle<T>) -> Option<Parts<'_, T>> {
        self.table.parts(handle)
    }
}
