//! A handle's state without its type, and the one cast that gives the type back.

use std::any::{Any, TypeId};
use std::fmt;

use crate::kind::{AnyKind, Kind, State};

/// The state of one handle, of whatever type, beside the kind that says what to do with it.
pub(crate) struct Erased {
    kind: &'static AnyKind,
    /// The state type's own kind, whatever `kind` is: what tells the type.
    own: &'static AnyKind,
    state: Box<dyn Any>,
}

impl Erased {
    #[inline]
    pub(crate) fn new<T: State>(kind: &'static Kind<T>, state: T) -> Erased {
        Erased::made(kind, || state)
    }

    /// The same; the state is made when there is memory for it, so that it need not be copied there.
    #[inline]
    pub(crate) fn made<T: State>(kind: &'static Kind<T>, state: impl FnOnce() -> T) -> Erased {
        let state: Box<T> = Box::write(Box::new_uninit(), state());
        Erased {
            kind: kind.erased(),
            own: T::KIND.erased(),
            state,
        }
    }

    #[inline]
    pub(crate) fn kind(&self) -> &'static AnyKind {
        self.kind
    }

    /// Whether the state is a `T`. Comparing two pointers tells; the types' ids are compared only where a type's own kind is no
    /// static, and so may have several addresses.
    #[inline]
    fn is<T: State>(&self) -> bool {
        std::ptr::eq(self.own, T::KIND.erased()) || self.has_id(TypeId::of::<T>())
    }

    #[cold]
    fn has_id(&self, id: TypeId) -> bool {
        self.own.state == id
    }

    /// The state, if it is a `T`.
    #[inline]
    pub(crate) fn get<T: State>(&self) -> Option<&T> {
        if !self.is::<T>() {
            return None;
        }
        debug_assert!(self.state.is::<T>());
        // SAFETY: the box was made by `new::<U>` together with `U`'s own `Kind<U>`, which is invariant in `U` and can only be made by
        // `Kind::new`, which puts `U`'s id into it. Here it has `T`'s id, or is the very one that `T` has as its own, and that one was
        // made for `T`. Hence `U` is `T`.
        Some(unsafe { &*(&raw const *self.state).cast::<T>() })
    }

    /// As [`Erased::get`], to change it.
    #[inline]
    pub(crate) fn get_mut<T: State>(&mut self) -> Option<&mut T> {
        if !self.is::<T>() {
            return None;
        }
        debug_assert!(self.state.is::<T>());
        // SAFETY: as in `get`; the exclusive borrow of the box is passed on.
        Some(unsafe { &mut *(&raw mut *self.state).cast::<T>() })
    }
}

impl fmt::Debug for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())
    }
}
