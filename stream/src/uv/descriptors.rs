//! What becomes of listeners when there are no descriptors left (`uv__emfile_trick`, and what libuv has not).
//!
//! A connection that cannot be accepted stays in the kernel's queue, and the kernel goes on saying that it is there. Whatever the policy, a
//! listener is not asked again before something has changed: no policy spins.

use std::fmt;
use std::os::fd::OwnedFd;
use std::time::Duration;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Ctx, Errno, Timer, emit, trace};

use super::listen::Accepting;
use super::state::Stream;

/// What a loop's listeners do when there is no descriptor for the next connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutOfDescriptors {
    /// Accept what waits and close it at once, so that the peers know, by giving up a descriptor that the loop keeps in reserve for
    /// this. What libuv does.
    #[default]
    Drop,
    /// Leave the connections in the kernel's queue until the loop closes a descriptor of a handle. A second later the listener tries
    /// again anyway, for others close descriptors, too.
    Pause,
    /// Leave the connections in the kernel's queue for that long, a millisecond at least.
    BackOff(Duration),
}

/// What happened to a listener: see [`on_out_of_descriptors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shortage {
    /// Who.
    pub listener: Stream,
    /// `EMFILE` if the process has too many descriptors open, `ENFILE` if all processes together have; `ENOBUFS` and `ENOMEM` if the
    /// kernel is out of memory.
    pub errno: Errno,
    /// How many connections were dropped.
    pub dropped: u64,
}

/// What a loop's listeners have done for want of descriptors: see [`accept_counts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptCounts {
    /// How many times there was no descriptor for a connection.
    pub shortages: u64,
    /// Connections that were accepted and closed at once.
    pub dropped: u64,
    /// How many times a listener was paused until a descriptor was free.
    pub paused: u64,
    /// How many times a listener was put off for a time.
    pub backed_off: u64,
}

type OnShortage = Box<dyn FnMut(&mut Ctx, Shortage)>;

/// What a loop has of this; one for all of its listeners.
#[derive(Default)]
struct Reserve {
    policy: OutOfDescriptors,
    /// Given up when there is no other left.
    spare: Option<OwnedFd>,
    counts: AcceptCounts,
    starved: Vec<Stream>,
    /// When to try again.
    retry: Option<Timer>,
    on_shortage: Option<OnShortage>,
}

/// How long a listener waits that has nothing else to wait for, or that should not rely on it.
const RETRY: Duration = Duration::from_secs(1);

/// How long a listener waits at least: one that waited less would spin.
const BACK_OFF_MIN: Duration = Duration::from_millis(1);

/// Says what the loop's listeners do when descriptors run out.
pub fn set_out_of_descriptors(cx: &mut Ctx, policy: OutOfDescriptors) {
    cx.slot::<Reserve>().policy = policy;
}

/// Calls `callback` from the loop whenever a listener had no descriptor for a connection, after it has done what the policy says. It
/// replaces the one before.
pub fn on_out_of_descriptors(cx: &mut Ctx, callback: impl FnMut(&mut Ctx, Shortage) + 'static) {
    cx.slot::<Reserve>().on_shortage = Some(Box::new(callback));
}

/// What the loop's listeners have done for want of descriptors so far.
pub fn accept_counts(cx: &Ctx) -> AcceptCounts {
    cx.get_slot::<Reserve>()
        .map_or_else(AcceptCounts::default, |reserve| reserve.counts)
}

/// Whether the kernel cannot make another descriptor just now.
pub(super) fn is_shortage(errno: Errno) -> bool {
    [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM].contains(&errno)
}

impl Stream {
    /// Sees to it that the loop has a descriptor in reserve.
    pub(super) fn reserve_descriptor(self, cx: &mut Ctx) {
        let reserve = cx.slot::<Reserve>();
        if reserve.spare.is_none() {
            // Without one, connections that cannot be accepted wait.
            reserve.spare = sys::socket(Domain::UNIX, Type::STREAM, None).ok();
        }
    }

    /// There is no descriptor for the next connection: does what the policy says, and tells.
    pub(super) fn run_short(self, cx: &mut Ctx, errno: Errno) {
        let reserve = cx.slot::<Reserve>();
        reserve.counts.shortages += 1;
        let dropped = match reserve.policy {
            OutOfDescriptors::Drop => {
                let (dropped, is_stuck) = self.drop_waiting(cx);
                if is_stuck {
                    self.back_off(cx);
                }
                dropped
            }
            OutOfDescriptors::Pause => {
                reserve.counts.paused += 1;
                self.starve(cx, RETRY);
                // The stream is open, or nothing would have been accepted.
                let _ = cx.feed_on_free_descriptor(self.0);
                0
            }
            OutOfDescriptors::BackOff(time) => {
                reserve.counts.backed_off += 1;
                self.starve(cx, time.max(BACK_OFF_MIN));
                0
            }
        };
        let _cause =
            emit!(Uv, "stream.out_of_descriptors" @ self, errno = errno.name(), dropped = dropped)
                .map(trace::cause);
        let told = Shortage {
            listener: self,
            errno,
            dropped,
        };
        if let Some(callback) = cx.slot::<Reserve>().on_shortage.take() {
            let mut telling = Telling {
                cx,
                callback: Some(callback),
            };
            if let Some(callback) = &mut telling.callback {
                callback(telling.cx, told);
            }
        }
    }

    /// Accepts and closes what waits, with the descriptor that was kept in reserve (`uv__emfile_trick`). Returns how many there were, and whether
    /// that has changed nothing: there was no reserve to give up, or accepting failed all the same.
    fn drop_waiting(self, cx: &mut Ctx) -> (u64, bool) {
        let Some(spare) = cx.slot::<Reserve>().spare.take() else {
            self.reserve_descriptor(cx);
            return (0, true);
        };
        // It is gone whatever this says.
        let _ = sys::close(spare);
        let limit = cx.budgets().accepts;
        let (mut dropped, mut is_stuck) = (0, false);
        if let Some(fd) = self.fd(cx) {
            for _ in 0..limit {
                match sys::accept(fd) {
                    Ok(connection) => {
                        let _ = sys::close(connection);
                        dropped += 1;
                    }
                    Err(Errno::ECONNABORTED) => {}
                    // Nothing waits: the last one was given the last descriptor, and the kernel had none to look for another with.
                    Err(Errno::EAGAIN) => break,
                    Err(_) => {
                        is_stuck = dropped == 0;
                        break;
                    }
                }
            }
        }
        cx.slot::<Reserve>().counts.dropped += dropped;
        self.reserve_descriptor(cx);
        (dropped, is_stuck)
    }

    /// Accepts nothing for a while.
    pub(super) fn back_off(self, cx: &mut Ctx) {
        cx.slot::<Reserve>().counts.backed_off += 1;
        self.starve(cx, RETRY);
    }

    fn starve(self, cx: &mut Ctx, time: Duration) {
        // The stream is open and listens, or nothing would have been accepted.
        let _ = self.set_accepting(cx, Accepting::Starved);
        let starved = &mut cx.slot::<Reserve>().starved;
        if !starved.contains(&self) {
            starved.push(self);
        }
        let timer = retry_timer(cx);
        // One that runs already is not put off for another listener's sake, unless it is for later than this one can wait.
        if timer.due_in(cx).is_none_or(|due| due > time) {
            let _ = timer.start(cx, time, Duration::ZERO, |cx, _| feed_starved(cx));
        }
    }

    /// Called from the pending queue: if it waited for a descriptor, there may be one now.
    pub(super) fn end_starving(self, cx: &mut Ctx) {
        let is_starved = cx
            .state(self.0)
            .is_some_and(|state| state.is_accepting(Accepting::Starved));
        if is_starved {
            cx.slot::<Reserve>().starved.retain(|one| *one != self);
            if self.set_accepting(cx, Accepting::Yes).is_err() {
                // The kernel has no room to watch it. Later it may.
                self.back_off(cx);
            }
        }
    }
}

/// The callback while it is called. However it ends, by a panic too, it is put back, unless it was replaced.
struct Telling<'a> {
    cx: &'a mut Ctx,
    callback: Option<OnShortage>,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            self.cx
                .slot::<Reserve>()
                .on_shortage
                .get_or_insert(callback);
        }
    }
}

/// The timer that all listeners of a loop share, which does not keep it alive.
fn retry_timer(cx: &mut Ctx) -> Timer {
    let known = cx.slot::<Reserve>().retry;
    if let Some(timer) = known.filter(|timer| !cx.is_closing(*timer)) {
        return timer;
    }
    let timer = Timer::new(cx);
    // It was made just now.
    let _ = cx.set_internal(timer).and_then(|()| cx.unref(timer));
    cx.slot::<Reserve>().retry = Some(timer);
    timer
}

fn feed_starved(cx: &mut Ctx) {
    for listener in std::mem::take(&mut cx.slot::<Reserve>().starved) {
        listener.end_starving(cx);
    }
}

impl fmt::Debug for Reserve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve")
            .field("policy", &self.policy)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
