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

/// Whether somebody looks at this thread's system calls: a tracer, the log, or a [fault](super::fault). Whoever has a way of his own for when nobody does
/// asks this once, instead of at each step of it.
#[inline]
pub fn is_watched() -> bool {
    watched(u8::MAX)
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
    if is_plain() {
        loop {
            let result = outcome(f(usize::MAX));
            if result != INTERRUPTED {
                return answer(result);
            }
        }
    }
    // Moved, so that only here it has to be in memory, and not wherever a call is made.
    let mut f = f;
    loop {
        let result = watched_call(name, fd, &mut f);
        if result != INTERRUPTED {
            return answer(result);
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
    if is_plain() {
        return answer(outcome(f(usize::MAX)));
    }
    let mut f = f;
    answer(watched_call(name, fd, &mut f))
}

/// Whether a call is to be made and nothing else.
#[inline(always)]
fn is_plain() -> bool {
    !cfg!(libkqueue) && !is_watched()
}

/// What a call came to, in a register: a count, or an error's number with a minus.
type Outcome = isize;

const INTERRUPTED: Outcome = -(libc::EINTR as Outcome);

#[inline(always)]
fn outcome(raw: isize) -> Outcome {
    if raw < 0 { failed(Errno::last()) } else { raw }
}

fn failed(errno: Errno) -> Outcome {
    -(errno.raw() as Outcome)
}

#[inline(always)]
fn answer(outcome: Outcome) -> Result<usize, Errno> {
    if outcome < 0 {
        Err(Errno::from_raw(outcome as i32))
    } else {
        Ok(outcome as usize)
    }
}

/// Makes a call with all that there may be besides it.
#[cold]
#[inline(never)]
fn watched_call(name: &'static str, fd: RawFd, f: &mut dyn FnMut(usize) -> isize) -> Outcome {
    let result = match watched(u8::MAX) {
        true => watched_result(name, fd, f),
        false => answer(outcome(f(usize::MAX))),
    };
    #[cfg(libkqueue)]
    let result = super::poller::stolen::instead(name, fd, result);
    match result {
        Ok(count) => count as Outcome,
        Err(errno) => failed(errno),
    }
}

fn watched_result(
    name: &'static str,
    fd: RawFd,
    f: &mut dyn FnMut(usize) -> isize,
) -> Result<usize, Errno> {
    let result = match fault::next(name, fd) {
        None => answer(outcome(f(usize::MAX))),
        Some(fault::Effect::Fail(errno)) => {
            if name == "close" {
                f(usize::MAX);
            }
            Err(errno)
        }
        Some(fault::Effect::Short(count)) => answer(outcome(f(count))),
    };
    trace::syscall(name, fd, result);
    result
}
