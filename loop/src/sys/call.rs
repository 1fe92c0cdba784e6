//! The door itself: every system call of the project goes through [`call`].
//!
//! Three things happen here and nowhere else: a result of −1 becomes an [`Errno`], a call that a signal interrupted is
//! made again, and, when the thread has a tracer or a fault set, the call is reported or bent.

use std::cell::Cell;
use std::os::fd::RawFd;

use super::errno::Errno;
use super::fault;
use crate::trace;

/// For calls that are not about one descriptor.
pub(crate) const NO_FD: RawFd = -1;

/// What the door must do besides the call, as one byte, so that the common case costs one predictable branch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Watch {
    Tracer = 1,
    Log = 2,
    Faults = 4,
}

thread_local! {
    static WATCHED: Cell<u8> = const { Cell::new(0) };
}

/// Whether any of `mask` is on for this thread.
#[inline]
pub(crate) fn watched(mask: u8) -> bool {
    WATCHED.get() & mask != 0
}

/// Switches one of the watches of this thread on or off.
pub(crate) fn set_watch(watch: Watch, on: bool) {
    let bit = watch as u8;
    WATCHED.set(if on {
        WATCHED.get() | bit
    } else {
        WATCHED.get() & !bit
    });
}

/// Makes a system call.
///
/// `f` makes the raw call and returns what it returned. It is given the largest count that it may ask the kernel for:
/// `usize::MAX`, except where a test wants a short count. A call interrupted by a signal is made again.
#[inline(always)]
pub(crate) fn call(
    name: &'static str,
    fd: RawFd,
    mut f: impl FnMut(usize) -> isize,
) -> Result<usize, Errno> {
    loop {
        let result = call_once(name, fd, &mut f);
        if result != Err(Errno::EINTR) {
            return result;
        }
    }
}

/// Makes a system call once: `EINTR` is the caller's to judge.
#[inline(always)]
pub(crate) fn call_once(
    name: &'static str,
    fd: RawFd,
    mut f: impl FnMut(usize) -> isize,
) -> Result<usize, Errno> {
    let result = if watched(u8::MAX) {
        watched_call(name, fd, &mut f)
    } else {
        outcome(f(usize::MAX))
    };
    #[cfg(libkqueue)]
    let result = super::poller::stolen::instead(name, fd, result);
    result
}

#[inline(always)]
fn outcome(raw: isize) -> Result<usize, Errno> {
    if raw < 0 {
        Err(Errno::last())
    } else {
        Ok(raw as usize)
    }
}

#[cold]
fn watched_call(
    name: &'static str,
    fd: RawFd,
    f: &mut dyn FnMut(usize) -> isize,
) -> Result<usize, Errno> {
    let result = match fault::next(name, fd) {
        None => outcome(f(usize::MAX)),
        Some(fault::Effect::Fail(errno)) => {
            if name == "close" {
                f(usize::MAX);
            }
            Err(errno)
        }
        Some(fault::Effect::Short(count)) => outcome(f(count)),
    };
    trace::syscall(name, fd, result);
    result
}
