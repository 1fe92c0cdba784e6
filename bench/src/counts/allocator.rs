//! The system's allocator, counted.

#![allow(unsafe_code, reason = "an allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

static ENABLED: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicI64 = AtomicI64::new(0);

/// What was counted since [`enable`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    /// How often memory was asked for; to have it grown is to ask, too.
    pub(crate) allocations: u64,
    /// How many bytes are held now; below zero if more were given back than taken.
    pub(crate) held: i64,
}

/// Counts from now on.
pub(crate) fn enable() {
    ENABLED.store(true, Ordering::Relaxed);
}

pub(crate) fn counted() -> Counted {
    Counted {
        allocations: ALLOCATIONS.load(Ordering::Relaxed),
        held: HELD.load(Ordering::Relaxed),
    }
}

/// So many bytes were taken, or given back, and memory was asked for so often.
#[inline]
pub(crate) fn count(allocations: u64, bytes: i64) {
    if ENABLED.load(Ordering::Relaxed) {
        ALLOCATIONS.fetch_add(allocations, Ordering::Relaxed);
        HELD.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The system's allocator; a look at a flag is all it costs while nothing is counted.
#[derive(Debug)]
pub(crate) struct Counting;

// SAFETY: every call is the system allocator's, with the arguments as they are.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as i64 - layout.size() as i64);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(old, layout, size) }
    }

    #[inline]
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(old, layout) }
    }
}
