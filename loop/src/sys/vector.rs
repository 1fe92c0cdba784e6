//! Several buffers for one call, in the kernel's form.

use std::io::{IoSlice, IoSliceMut};
use std::slice;

/// The most buffers that one call takes.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub const IOV_MAX: usize = libc::UIO_MAXIOV as usize;
/// The most buffers that one call takes.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub const IOV_MAX: usize = libc::IOV_MAX as usize;

/// The buffers to read from, as the kernel wants to be told of them.
#[inline]
pub(super) fn of<'a>(buffers: &'a [IoSlice<'_>]) -> &'a [libc::iovec] {
    // SAFETY: the standard library promises that an `IoSlice` is an `iovec` on Unix. Nobody writes to them.
    unsafe { slice::from_raw_parts(buffers.as_ptr().cast(), buffers.len()) }
}

/// The buffers to write to.
#[inline]
pub(super) fn of_mut<'a>(buffers: &'a mut [IoSliceMut<'_>]) -> &'a [libc::iovec] {
    // SAFETY: the standard library promises that an `IoSliceMut` is an `iovec` on Unix. The exclusive borrow goes on as
    // long as the result is used.
    unsafe { slice::from_raw_parts(buffers.as_ptr().cast(), buffers.len()) }
}

/// Calls `f` with as many of the buffers as hold `most` bytes: with all of them, except where a test wants a short count.
#[inline(always)]
pub(super) fn cut<R>(
    buffers: &[libc::iovec],
    most: usize,
    f: impl FnOnce(&[libc::iovec]) -> R,
) -> R {
    if most == usize::MAX {
        f(buffers)
    } else {
        f(&shortened(buffers, most))
    }
}

#[cold]
fn shortened(buffers: &[libc::iovec], mut most: usize) -> Vec<libc::iovec> {
    let mut shortened = buffers.to_vec();
    for buffer in &mut shortened {
        buffer.iov_len = buffer.iov_len.min(most);
        most -= buffer.iov_len;
    }
    shortened
}
