//! What libuv allocates itself, counted (`uv_replace_allocator`).

use std::ffi::c_void;

use super::check;
use crate::counts::allocator::count;
use crate::error::Result;

/// Has libuv ask us for memory. It must not have any yet.
pub(super) fn replace() -> Result<()> {
    // SAFETY: the four are C's own allocator, and nothing was allocated with another before.
    let replaced = unsafe {
        libuv_sys2::uv_replace_allocator(Some(malloc), Some(realloc), Some(calloc), Some(free))
    };
    check(replaced).map(drop)
}

/// How much an allocation holds; nothing if there is none.
fn held(memory: *mut c_void) -> i64 {
    // SAFETY: it is one of the C allocator's, not freed yet, or null.
    unsafe { libc::malloc_usable_size(memory) as i64 }
}

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: any size will do.
    let memory = unsafe { libc::malloc(size) };
    count(1, held(memory));
    memory
}

unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    let before = held(old);
    // SAFETY: libuv gives back what it got here.
    let memory = unsafe { libc::realloc(old, size) };
    count(1, held(memory) - before);
    memory
}

unsafe extern "C" fn calloc(number: usize, size: usize) -> *mut c_void {
    // SAFETY: any sizes will do.
    let memory = unsafe { libc::calloc(number, size) };
    count(1, held(memory));
    memory
}

unsafe extern "C" fn free(memory: *mut c_void) {
    count(0, -held(memory));
    // SAFETY: libuv gives back what it got here.
    unsafe { libc::free(memory) }
}
