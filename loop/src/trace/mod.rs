//! One event model for all that happens inside: the trace.
//!
//! Every layer reports what it does as an [`Event`], through the macro [`emit!`](crate::emit). Without a tracer that costs one
//! predictable branch. A reader sees one stream, in order, in which each event names the one that caused it:
//! the kernel said a descriptor is readable, so the loop called the stream, so the stream called `recv`.
//!
//! A loop never leaves its thread, so the tracer is the thread's: [`set`] it, run loops, [`take`] it back. Independently of
//! it, the same events go to the `log` crate at `trace` level, one target per layer (`uvox::sys`, `uvox::loop`, …), if
//! that level is enabled when a loop starts to run.
//!
//! ```
//! use uvox_loop::{trace, Loop, RunMode, Timer};
//! use std::time::Duration;
//!
//! let recorder = trace::Recorder::new();
//! trace::set(recorder.clone());
//! let mut lp = Loop::new()?;
//! let timer = Timer::new(&mut lp);
//! timer.start(&mut lp, Duration::ZERO, Duration::ZERO, |cx, timer| { cx.close(timer, |_| ()).unwrap(); })?;
//! lp.run(RunMode::Default)?;
//! trace::take();
//! assert!(recorder.events().iter().any(|event| event.name == "timer.fire"));
//! # Ok::<(), uvox_loop::Errno>(())
//! ```

mod event;
mod log_output;
mod recorder;

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::panic::{self, AssertUnwindSafe};

pub use event::{Event, Layer, Outcome, Value};
pub use recorder::Recorder;

use crate::phase::Phase;
use crate::sys::call::{self, Watch};
use crate::sys::{Errno, hrtime};

/// Receives the events of a thread, in order.
///
/// What a tracer does while it handles an event is not itself traced. A tracer that panics is taken off, and the loop goes on as if it had
/// not been there: watching must not change what is watched.
pub trait Tracer {
    /// Called once for each event, right when it happened.
    fn event(&mut self, event: &Event);
}

/// Where the thread stands: what every event is stamped with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) loop_id: u32,
    pub(crate) turn: u64,
    pub(crate) phase: Phase,
    cause: Option<u64>,
    next_seq: u64,
}

thread_local! {
    static TRACER: RefCell<Option<Box<dyn Tracer>>> = const { RefCell::new(None) };
    static PLACE: Cell<Place> = const {
        Cell::new(Place { loop_id: 0, turn: 0, phase: Phase::Outside, cause: None, next_seq: 0 })
    };
}

/// Whether anybody wants this thread's events.
#[inline]
pub fn on() -> bool {
    call::watched(Watch::Tracer as u8 | Watch::Log as u8)
}

/// Makes `tracer` receive this thread's events from now on, and returns the one that did so far. Set in the middle of a turn, it sees events
/// stamped with where the thread was when it was last traced, until the next phase.
pub fn set(tracer: impl Tracer + 'static) -> Option<Box<dyn Tracer>> {
    call::set_watch(Watch::Tracer, true);
    TRACER.replace(Some(Box::new(tracer)))
}

/// Ends tracing on this thread, and returns the tracer.
pub fn take() -> Option<Box<dyn Tracer>> {
    call::set_watch(Watch::Tracer, false);
    TRACER.try_with(RefCell::take).ok().flatten()
}

/// Hands an event to whoever listens, and returns its number. [`emit!`](crate::emit) calls it only when somebody does.
#[cold]
pub fn send(mut event: Event) -> u64 {
    let mut place = PLACE.get();
    event.seq = place.next_seq;
    event.time_ns = hrtime();
    event.loop_id = place.loop_id;
    event.turn = place.turn;
    event.phase = place.phase;
    event.cause = place.cause;
    place.next_seq += 1;
    PLACE.set(place);
    if call::watched(Watch::Log as u8) {
        log_output::write(&event);
    }
    if panic::catch_unwind(AssertUnwindSafe(|| tell(&event))).is_err() {
        // Its message is out. To let the panic go on would be to let it out of the middle of anything: of a system call that was made
        // and whose result nobody has yet, of a callback that is about to be called and would be lost.
        drop(take());
        log::error!(target: event.layer.target(), "the tracer panicked at {event} and is off");
    }
    event.seq
}

fn tell(event: &Event) {
    // A tracer that makes traced calls of its own finds itself already borrowed: those calls are not events.
    // There is none any more where a loop ends with its thread.
    let _ = TRACER.try_with(|tracer| {
        if let Ok(mut tracer) = tracer.try_borrow_mut()
            && let Some(tracer) = tracer.as_mut()
        {
            tracer.event(event);
        }
    });
}

/// Until it is dropped, the events of this thread name one event as their cause.
#[derive(Debug)]
#[must_use = "the cause ends when its guard is dropped"]
pub struct Cause {
    before: Option<u64>,
}

/// Makes the event numbered `seq` the cause of those that follow. [`emit!`](crate::emit) returns the number, or `None` if nobody
/// listens: `let _cause = emit!(…).map(trace::cause);`.
pub fn cause(seq: u64) -> Cause {
    let mut place = PLACE.get();
    let before = place.cause.replace(seq);
    PLACE.set(place);
    Cause { before }
}

impl Drop for Cause {
    fn drop(&mut self) {
        let mut place = PLACE.get();
        place.cause = self.before;
        PLACE.set(place);
    }
}

/// Where the thread is, to come back to.
pub(crate) fn place() -> Place {
    PLACE.get()
}

/// A loop that ran in a callback of another is done: the thread is back in that callback.
pub(crate) fn back_to(before: Place) {
    if on() && before.phase != Phase::Outside {
        at(before.loop_id, before.turn, before.phase);
    }
}

/// The loop says where it is. Only when traced.
pub(crate) fn at(loop_id: u32, turn: u64, phase: Phase) {
    let place = PLACE.get();
    PLACE.set(Place {
        loop_id,
        turn,
        phase,
        ..place
    });
}

/// Whether the `log` crate wants trace lines is asked once per run, not once per event.
pub(crate) fn follow_log_level() {
    let wanted = |layer: &Layer| log::log_enabled!(target: layer.target(), log::Level::Trace);
    let wanted = log::max_level() == log::LevelFilter::Trace && Layer::ALL.iter().any(wanted);
    call::set_watch(Watch::Log, wanted);
}

/// A system call was made: the door's report.
pub(crate) fn syscall(name: &'static str, fd: RawFd, result: Result<usize, Errno>) {
    if on() {
        let mut event = Event::new(Layer::Sys, name);
        if fd != call::NO_FD {
            event = event.arg("fd", i64::from(fd));
        }
        send(event.result(result));
    }
}

/// Keeps what is done only when traced out of the code that runs always.
#[doc(hidden)]
#[cold]
#[inline(never)]
pub fn out_of_line<R>(report: impl FnOnce() -> R) -> R {
    report()
}

/// Reports what happened, if anybody wants to know: one predictable branch otherwise, and no argument is evaluated.
///
/// In order: the [`Layer`](crate::trace::Layer), the name, `@` the handle it is about, named arguments, the result, the queue's size before
/// and after; all but the first two may be absent. Returns the event's number as an `Option<u64>`, for [`cause`](crate::trace::cause).
///
/// ```
/// use uvox_loop::{emit, Errno};
///
/// let (before, after) = (10u64, 4u64);
/// let sent: Result<usize, Errno> = Ok(6);
/// let seq = emit!(Uv, "write", bytes = 10u64, result = sent, queue = before => after);
/// assert_eq!(seq, None); // nobody listens
/// ```
#[macro_export]
macro_rules! emit {
    ($layer:ident, $name:literal $(@ $object:expr)? $(, $($rest:tt)*)?) => {
        if $crate::trace::on() {
            $crate::trace::out_of_line(|| {
                #[allow(unused_mut, reason = "an event without arguments is not changed")]
                let mut event = $crate::trace::Event::new($crate::trace::Layer::$layer, $name);
                $(event = event.object($object);)?
                $($crate::emit!(# event, $($rest)*);)?
                Some($crate::trace::send(event))
            })
        } else {
            None
        }
    };
    (# $event:ident, ) => {};
    (# $event:ident, result = $result:expr $(, $($rest:tt)*)?) => {
        $event = $event.result($result);
        $($crate::emit!(# $event, $($rest)*);)?
    };
    (# $event:ident, queue = $before:expr => $after:expr $(, $($rest:tt)*)?) => {
        $event = $event.queue($before as u64, $after as u64);
        $($crate::emit!(# $event, $($rest)*);)?
    };
    (# $event:ident, $arg:ident = $value:expr $(, $($rest:tt)*)?) => {
        $event = $event.arg(stringify!($arg), $value);
        $($crate::emit!(# $event, $($rest)*);)?
    };
}
