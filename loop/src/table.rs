//! The table that owns every handle of a loop.

use std::iter;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
#[cfg(debug_assertions)]
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::kind::{Kind, State};
use crate::ready::Ready;
use crate::sys::poller::Mode;
use crate::sys::{Erased, Errno};
use crate::{Handle, Key};

/// How far a handle has come. It is `closed` when it is no longer in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Open,
    Closing,
}

/// The descriptor behind a handle, and whose it is.
#[derive(Debug)]
pub(crate) enum Descriptor {
    None,
    /// Ours: closed when the handle is.
    Owned(OwnedFd),
    /// The user's: only watched.
    Borrowed(RawFd),
}

impl Descriptor {
    #[inline]
    pub(crate) fn raw(&self) -> Option<RawFd> {
        match self {
            Descriptor::None => None,
            Descriptor::Owned(fd) => Some(fd.as_raw_fd()),
            Descriptor::Borrowed(fd) => Some(*fd),
        }
    }
}

/// Whether a handle is to be called in the next turn, and when then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PutOff {
    No,
    /// Before the kernel's events.
    Ahead,
    /// Behind them.
    Behind,
}

/// Whether the poller watches a handle's descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watching {
    No,
    /// It will, from the next wait on.
    Later,
    As(Mode),
    /// It was to, and the kernel refused.
    Refused(Errno),
}

/// One handle: what the loop needs to know of it, and its own state.
///
/// It is as long as a line of the cache, so it is found by a shift. It does not begin with one: memory that is to be aligned to more than sixteen bytes is copied
/// each time the table grows, while other memory, once there is much of it, is mapped anew as it is. It begins sixteen bytes into a line then, with what is
/// asked of most handles: that is in the same line.
#[derive(Debug)]
#[repr(C, align(16))]
pub(crate) struct Entry {
    /// The handle's key as a number, or [`NOBODY`].
    name: u64,
    pub(crate) state: Erased,
    pub(crate) ready: Ready,
    pub(crate) life: Life,
    pub(crate) active: bool,
    pub(crate) referenced: bool,
    /// Part of another handle: not shown.
    pub(crate) internal: bool,
    /// It stands in the queue of those to be called in this turn, so it need not be put there again.
    pub(crate) fed: bool,
    /// Likewise for the next turn.
    pub(crate) put_off: PutOff,
    pub(crate) descriptor: Descriptor,
    pub(crate) watching: Watching,
    #[cfg(debug_assertions)]
    pub(crate) created_at: &'static Location<'static>,
}

#[cfg(all(target_pointer_width = "64", not(debug_assertions)))]
const _: () = assert!(size_of::<Entry>() == 64);

/// What a slot is called in which there is no handle. As a key it would be in a slot that no table has.
const NOBODY: u64 = u64::MAX;

/// The state in a slot without a handle. It takes no memory.
pub(crate) struct Vacant;

pub(crate) static VACANT: Kind<Vacant> = Kind::new("vacant");

impl State for Vacant {
    const KIND: &'static Kind<Vacant> = &VACANT;
}

impl Entry {
    #[track_caller]
    fn new(name: u64, state: Erased) -> Entry {
        Entry {
            name,
            state,
            descriptor: Descriptor::None,
            ready: Ready::NONE,
            life: Life::Open,
            active: false,
            referenced: true,
            internal: false,
            fed: false,
            put_off: PutOff::No,
            watching: Watching::No,
            #[cfg(debug_assertions)]
            created_at: Location::caller(),
        }
    }

    fn is_vacant(&self) -> bool {
        self.name == NOBODY
    }

    /// Whether it counts among those that keep the loop alive.
    #[inline]
    pub(crate) fn holds_loop(&self) -> bool {
        self.active && self.referenced
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.life == Life::Closing
    }
}

/// What a stream needs for its next step, resolved once: see [`Ctx::parts`](crate::Ctx::parts).
#[derive(Debug)]
pub struct Parts<'a, T> {
    /// The handle's descriptor.
    pub fd: BorrowedFd<'a>,
    /// What the kernel said of it.
    pub ready: &'a mut Ready,
    /// The handle's state.
    pub state: &'a mut T,
}

#[derive(Debug)]
pub(crate) struct Table {
    entries: Vec<Entry>,
    /// The slots without a handle; the one that was left last is taken first.
    free: Vec<u32>,
    next_serial: u32,
    /// This loop's number, from 1.
    pub(crate) id: u32,
}

impl Table {
    pub(crate) fn new() -> Table {
        static LOOPS: AtomicU32 = AtomicU32::new(1);
        let id = LOOPS.fetch_add(1, Ordering::Relaxed).max(1);
        // Loops start their serials far apart, so that a handle of one resolves to nothing in another. The factor is
        // 2³² divided by the golden ratio, which spreads any number of loops about evenly.
        Table {
            entries: Vec::new(),
            free: Vec::new(),
            next_serial: (id - 1).wrapping_mul(0x9E37_79B9),
            id,
        }
    }

    #[track_caller]
    pub(crate) fn insert<T: State>(&mut self, state: T) -> Handle<T> {
        self.insert_with(T::KIND, |_| state)
    }

    /// As [`Table::insert`], for a state that holds its own key.
    #[track_caller]
    pub(crate) fn insert_with<T: State>(
        &mut self,
        kind: &'static Kind<T>,
        state: impl FnOnce(Key) -> T,
    ) -> Handle<T> {
        self.next_serial = self.next_serial.wrapping_add(1);
        let serial = self.next_serial;
        let slot = self.free.last().copied();
        let key = Key::new(
            self.id,
            slot.map_or(self.entries.len(), |slot| slot as usize),
            serial,
        );
        let state = Erased::made(kind, || state(key));
        match slot.and_then(|slot| self.entries.get_mut(slot as usize)) {
            Some(place) => {
                *place = Entry::new(key.to_u64(), state);
                self.free.pop();
            }
            // Made when there is room for it, where it is to stand. What `push` is given it first puts on the stack, in small pieces, and then waits for all of them.
            None => self
                .entries
                .extend(iter::once_with(|| Entry::new(key.to_u64(), state))),
        }
        // A closure is its own caller.
        #[cfg(debug_assertions)]
        if let Some(entry) = self.entries.get_mut(key.slot() as usize) {
            entry.created_at = Location::caller();
        }
        Handle::from_key(key)
    }

    #[inline]
    pub(crate) fn get(&self, key: Key) -> Option<&Entry> {
        match self.entries.get(key.slot() as usize) {
            Some(entry) if entry.name == key.to_u64() && self.is_ours(key) => Some(entry),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut Entry> {
        let is_ours = self.is_ours(key);
        match self.entries.get_mut(key.slot() as usize) {
            Some(entry) if entry.name == key.to_u64() && is_ours => Some(entry),
            _ => None,
        }
    }

    /// Whether the key may be one of this loop's. Debug builds know, and name the two loops if it is not; in others it is left to
    /// the serials, of which loops have different ranges.
    #[inline]
    fn is_ours(&self, key: Key) -> bool {
        #[cfg(debug_assertions)]
        if key.home != 0 && key.home != self.id {
            log::error!(
                target: "uvox::loop",
                "handle {key} of loop {} was used on loop {}",
                key.home,
                self.id
            );
            return false;
        }
        let _ = key;
        true
    }

    #[inline]
    pub(crate) fn state<T: State>(&self, handle: Handle<T>) -> Option<&T> {
        self.get(handle.key())?.state.get()
    }

    #[inline]
    pub(crate) fn state_mut<T: State>(&mut self, handle: Handle<T>) -> Option<&mut T> {
        self.get_mut(handle.key())?.state.get_mut()
    }

    /// The state in a slot, whatever handle has it now, if it is a `T`.
    #[inline]
    pub(crate) fn state_at<T: State>(&mut self, slot: u32) -> Option<(Key, &mut T)> {
        let id = self.id;
        let entry = self.entries.get_mut(slot as usize)?;
        let serial = Key::from_u64(entry.name).serial();
        Some((Key::new(id, slot as usize, serial), entry.state.get_mut()?))
    }

    #[inline]
    pub(crate) fn parts<T: State>(&mut self, handle: Handle<T>) -> Option<Parts<'_, T>> {
        let entry = self.get_mut(handle.key())?;
        // A closing handle has none.
        let Descriptor::Owned(fd) = &entry.descriptor else {
            return None;
        };
        Some(Parts {
            fd: fd.as_fd(),
            ready: &mut entry.ready,
            state: entry.state.get_mut()?,
        })
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<Entry> {
        let nobody = Entry::new(NOBODY, Erased::new(&VACANT, Vacant));
        let entry = std::mem::replace(self.get_mut(key)?, nobody);
        self.free.push(key.slot());
        Some(entry)
    }

    /// Whether there are no handles but internal ones.
    pub(crate) fn is_empty(&self) -> bool {
        self.occupied().all(|entry| entry.internal)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    fn occupied(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_vacant())
    }

    /// Every handle that is not internal, in the order in which they were made.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .occupied()
            .filter(|entry| !entry.internal)
            .map(|entry| {
                let name = Key::from_u64(entry.name);
                Key::new(self.id, name.slot() as usize, name.serial())
            })
            .collect();
        // Serials wrap around; how long ago one was given out does not.
        keys.sort_by_key(|key| std::cmp::Reverse(self.next_serial.wrapping_sub(key.serial())));
        keys
    }

    /// Gives all entries away, for a loop that ends with handles open.
    pub(crate) fn drain(&mut self) -> Vec<Entry> {
        self.free.clear();
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|entry| !entry.is_vacant());
        entries
    }
}
