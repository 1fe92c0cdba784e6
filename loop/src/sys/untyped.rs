//! A value without its type, and the one cast that gives the type back.

use std::any::{Any, TypeId};

/// A value of any type, beside the type's id: whether it is of one type or another is told without asking the value.
pub(crate) struct Untyped {
    of: TypeId,
    value: Box<dyn Any>,
}

impl Untyped {
    pub(crate) fn new<T: Any>(value: T) -> Untyped {
        Untyped {
            of: TypeId::of::<T>(),
            value: Box::new(value),
        }
    }

    /// Whether it is a `T`.
    #[inline]
    pub(crate) fn is<T: Any>(&self) -> bool {
        self.of == TypeId::of::<T>()
    }

    /// The value, if it is a `T`.
    #[inline]
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        if !self.is::<T>() {
            return None;
        }
        debug_assert!(self.value.is::<T>());
        // SAFETY: `new` put the id of the value's type beside it, neither is ever replaced, and no two types have the same id. So the value is a `T`.
        Some(unsafe { &*(&raw const *self.value).cast::<T>() })
    }

    /// The value, if it is a `T`, to change it.
    #[inline]
    pub(crate) fn get_mut<T: Any>(&mut self) -> Option<&mut T> {
        if !self.is::<T>() {
            return None;
        }
        debug_assert!(self.value.is::<T>());
        // SAFETY: as in `get`; the exclusive borrow of the box is passed on.
        Some(unsafe { &mut *(&raw mut *self.value).cast::<T>() })
    }

    /// The value itself, if it is a `T`.
    pub(crate) fn into<T: Any>(self) -> Option<T> {
        self.value.downcast().ok().map(|value| *value)
    }
}

/// What `find` finds, else what `other` does.
#[inline]
pub(crate) fn found_or<'a, S, T>(
    list: &'a mut S,
    find: impl FnOnce(&'a mut S) -> Option<&'a mut T>,
    other: impl FnOnce(&'a mut S) -> &'a mut T,
) -> &'a mut T {
    let first: *mut S = list;
    // SAFETY: this borrow lives on only if it is returned, and then `list` is not touched again while it lives. The borrow checker does not see
    // that the two ways exclude each other.
    if let Some(value) = find(unsafe { &mut *first }) {
        return value;
    }
    // SAFETY: the borrow above is over.
    other(unsafe { &mut *first })
}
