//! The names of handles.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The name of a handle, of whatever type: where it stands in its loop's table, and which of those that stood there it is.
///
/// A key is plain data: copy it, keep it, send it through C or JavaScript as a `u64`. One that outlived its handle
/// resolves to nothing, because no two handles of a loop share a serial number (until four billion were made between them).
#[derive(Clone, Copy)]
pub struct Key {
    /// The serial, and below it the slot: one number, for it is compared as one.
    number: u64,
    /// The loop it belongs to; 0 if unknown, as after [`Key::from_u64`].
    #[cfg(debug_assertions)]
    pub(crate) home: u32,
}

impl Key {
    /// The key as one number, which is also what the kernel hands back with every event.
    #[inline]
    pub const fn to_u64(self) -> u64 {
        self.number
    }

    pub(crate) const fn new(home: u32, slot: usize, serial: u32) -> Key {
        // Only debug builds keep a key's loop.
        let _ = home;
        Key {
            number: (serial as u64) << 32 | slot as u32 as u64,
            #[cfg(debug_assertions)]
            home,
        }
    }

    /// Where in the table it stands.
    #[inline]
    pub(crate) const fn slot(self) -> u32 {
        self.number as u32
    }

    /// Which of those it is that stood there.
    #[inline]
    pub(crate) const fn serial(self) -> u32 {
        (self.number >> 32) as u32
    }

    /// The key that [`Key::to_u64`] made this number of. Any other number is a key, too, but of a handle only by chance.
    #[inline]
    pub const fn from_u64(number: u64) -> Key {
        Key {
            number,
            #[cfg(debug_assertions)]
            home: 0,
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.to_u64() == other.to_u64()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_u64().hash(state);
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}.{}", self.slot(), self.serial())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// A [`Key`] that says what type of state stands behind it.
///
/// This is what the author of a handle type works with; users see a type of its own around it, such as [`Timer`](crate::Timer).
pub struct Handle<T> {
    key: Key,
    of: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    /// The handle of that key, if it is one of a `T`. If it is not, the handle resolves to nothing.
    #[inline]
    pub const fn from_key(key: Key) -> Handle<T> {
        Handle {
            key,
            of: PhantomData,
        }
    }

    /// The key.
    #[inline]
    pub const fn key(self) -> Key {
        self.key
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Handle<T> {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Handle<T>) -> bool {
        self.key == other.key
    }
}

impl<T> Eq for Handle<T> {}

impl<T> Hash for Handle<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.key)
    }
}

impl<T> From<Key> for Handle<T> {
    #[inline]
    fn from(key: Key) -> Handle<T> {
        Handle::from_key(key)
    }
}

impl<T> From<Handle<T>> for Key {
    #[inline]
    fn from(handle: Handle<T>) -> Key {
        handle.key
    }
}
