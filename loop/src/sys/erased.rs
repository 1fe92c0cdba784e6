//! A handle's state without its type, and the one cast that gives the type back.

use std::any::Any;
use std::fmt;

use crate::kind::{AnyKind, State};

/// The state of one handle, of whatever type, beside the kind that says which.
pub(crate) struct Erased {
    kind: &'static AnyKind,
    state: Box<dyn Any>,
}

impl Erased {
    pub(crate) fn new<T: State>(state: T) -> Erased {
        Erased {
            kind: T::KIND.erased(),
            state: Box::new(state),
        }
    }

    #[inline]
    pub(crate) fn kind(&self) -> &'static AnyKind {
        self.kind
    }

    /// The state, if it is a `T`: two pointers are compared, no type ids.
    #[inline]
    pub(crate) fn get<T: State>(&self) -> Option<&T> {
        if !std::ptr::eq(self.kind, T::KIND.erased()) {
            return None;
        }
        debug_assert!(self.state.is::<T>());
        // SAFETY: the box was made by `new::<U>` with the kind of `U`. A kind holds the `TypeId` of the type it was made
        // for, so kinds of different types differ in content and cannot share an address, even if the compiler merges
        // equal constants. The addresses are equal; hence `U` is `T`.
        Some(unsafe { &*(&raw const *self.state).cast::<T>() })
    }

    /// As [`Erased::get`], to change it.
    #[inline]
    pub(crate) fn get_mut<T: State>(&mut self) -> Option<&mut T> {
        if !std::ptr::eq(self.kind, T::KIND.erased()) {
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
