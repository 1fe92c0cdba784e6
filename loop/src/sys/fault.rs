//! Faults on purpose: the n-th call of a name fails with a chosen error, or comes back short.
//!
//! For tests. Faults belong to the thread that sets them, and each is spent by the one call it meets. Several [`Plan`]s
//! may be in force at once, each with faults of its own.
//!
//! ```
//! use uvox_loop::sys::fault::{self, Effect, Fault};
//! use uvox_loop::Errno;
//!
//! // The third `recv` of this thread, on whatever descriptor, reports a reset.
//! let faults = fault::plan([Fault::new("recv", 3, Effect::Fail(Errno::ECONNRESET))]);
//! assert_eq!(faults.left(), 1);
//! drop(faults); // whatever was not met is forgotten
//! ```

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, RawFd};

use super::call::{self, Watch};
use super::errno::Errno;

/// What happens to the call that meets a [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The call is not made, and fails with this error; `close` alone is made all the same, for it closes whatever it says. `EINTR` is met by making the call again, as always.
    Fail(Errno),
    /// The call is made, but may transfer no more than so many bytes (for `sendmmsg` and `recvmmsg`: messages).
    Short(usize),
}

/// One fault: which call, on which descriptor, the how-manieth, and what happens to it.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    name: &'static str,
    fd: Option<RawFd>,
    /// How many matching calls still pass before the one that is hit.
    passing: u32,
    effect: Effect,
}

impl Fault {
    /// The `nth` call (the next one is 1) of this name, `"recv"`, meets `effect`.
    pub fn new(name: &'static str, nth: u32, effect: Effect) -> Fault {
        Fault {
            name,
            fd: None,
            passing: nth.saturating_sub(1),
            effect,
        }
    }

    /// Counts only calls on this descriptor.
    pub fn on(mut self, fd: &impl AsRawFd) -> Fault {
        self.fd = Some(fd.as_raw_fd());
        self
    }
}

/// Faults that a test has planned; dropping it forgets those of them that were not met, and no others.
#[derive(Debug)]
#[must_use = "faults are forgotten when their plan is dropped"]
pub struct Plan {
    serial: u64,
    /// It stays on the thread that it is for.
    _thread: PhantomData<*const ()>,
}

impl Plan {
    /// How many of its faults have not been met yet.
    pub fn left(&self) -> usize {
        FAULTS.with_borrow(|faults| {
            let own = faults.iter().filter(|(plan, _)| *plan == self.serial);
            own.count()
        })
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        // A plan may outlive the faults if both end with their thread.
        let _ = FAULTS.try_with(|faults| {
            let mut faults = faults.borrow_mut();
            faults.retain(|(plan, _)| *plan != self.serial);
            call::set_watch(Watch::Faults, !faults.is_empty());
        });
    }
}

/// Plans faults for this thread, besides those of older plans that are still in force. If one call is due for several,
/// the oldest plan's takes it, and the next call is for the others.
pub fn plan(faults: impl IntoIterator<Item = Fault>) -> Plan {
    let serial = PLANS.replace(PLANS.get() + 1);
    // Collected first: what makes them may make system calls.
    let faults: Vec<_> = faults.into_iter().map(|fault| (serial, fault)).collect();
    FAULTS.with_borrow_mut(|planned| {
        planned.extend(faults);
        call::set_watch(Watch::Faults, !planned.is_empty());
    });
    Plan {
        serial,
        _thread: PhantomData,
    }
}

thread_local! {
    /// Each with its plan's serial number, in the order in which they were planned.
    static FAULTS: RefCell<Vec<(u64, Fault)>> = const { RefCell::new(Vec::new()) };
    /// How many plans this thread has made.
    static PLANS: Cell<u64> = const { Cell::new(0) };
}

/// What is planned for this call. Every matching fault counts it; the first that is due takes it.
pub(super) fn next(name: &str, fd: RawFd) -> Option<Effect> {
    // There are none any more where a loop ends with its thread.
    let next = FAULTS.try_with(|faults| meet(&mut faults.borrow_mut(), name, fd));
    next.ok().flatten()
}

fn meet(faults: &mut Vec<(u64, Fault)>, name: &str, fd: RawFd) -> Option<Effect> {
    let mut hit = None;
    faults.retain_mut(|(_, fault)| {
        if fault.name != name || fault.fd.is_some_and(|own| own != fd) {
            return true;
        }
        if fault.passing > 0 {
            fault.passing -= 1;
            return true;
        }
        if hit.is_some() {
            return true;
        }
        hit = Some(fault.effect);
        false
    });
    hit
}
