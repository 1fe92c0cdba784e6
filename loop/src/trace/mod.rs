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

mod chrome;
mod event;
mod json;
mod log_output;
mod recorder;

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::panic::{self, AssertUnwindSafe};

pub use chrome::write_chrome;
pub use event::{Event, Layer, Outcome, Value};
pub use json::{JsonLines, write_json_lines};
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
    /// How often the tracer was set or taken: tells one that is away, because it runs, whether its place is still its own.
    static CHANGES: Cell<u64> = const { Cell::new(0) };
    /// An event is being told of: what is done meanwhile is no event, or a logger that writes would never come to an end.
    static TELLING: Cell<bool> = const { Cell::new(false) };
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
    replace(Some(Box::new(tracer)))
}

/// Ends tracing on this thread, and returns the tracer; `None` if there is none, or if it is the tracer itself that calls this.
pub fn take() -> Option<Box<dyn Tracer>> {
    replace(None)
}

fn replace(tracer: Option<Box<dyn Tracer>>) -> Option<Box<dyn Tracer>> {
    call::set_watch(Watch::Tracer, tracer.is_some());
    CHANGES.set(CHANGES.get() + 1);
    // There is no place any more where a loop ends with its thread.
    TRACER
        .try_with(|place| place.replace(tracer))
        .ok()
        .flatten()
}

/// Hands an event to whoever listens, and returns its number. [`emit!`](crate::emit) calls it only when somebody does.
///
/// A panic of the logger or the tracer ends here, and so does his job. To let it go on would be to let it out of the middle of anything: of
/// a system call that was made and whose result nobody has yet, of a callback that is about to be called and would be lost.
#[cold]
pub fn send(mut event: Event) -> u64 {
    let mut place = PLACE.get();
    if TELLING.replace(true) {
        return place.next_seq;
    }
    event.seq = place.next_seq;
    event.time_ns = hrtime();
    event.loop_id = place.loop_id;
    event.turn = place.turn;
    event.phase = place.phase;
    event.cause = place.cause;
    place.next_seq += 1;
    PLACE.set(place);
    let tell_log = || log_output::write(&event);
    if call::watched(Watch::Log as u8) && panic::catch_unwind(AssertUnwindSafe(tell_log)).is_err() {
        // Until the next run asks again.
        call::set_watch(Watch::Log, false);
    }
    let changes = CHANGES.get();
    if let Some(mut tracer) = TRACER.try_with(RefCell::take).ok().flatten() {
        let tell = || tracer.event(&event);
        let panicked = panic::catch_unwind(AssertUnwindSafe(tell)).is_err();
        put_back(tracer, changes, panicked);
    }
    TELLING.set(false);
    event.seq
}

/// The tracer is done with an event: it goes back, unless it panicked, or was replaced or removed meanwhile.
fn put_back(tracer: Box<dyn Tracer>, changes: u64, panicked: bool) {
    let unchanged = CHANGES.get() == changes;
    if unchanged && !panicked {
        let _ = TRACER.try_with(|place| place.replace(Some(tracer)));
        return;
    }
    if unchanged {
        call::set_watch(Watch::Tracer, false);
    }
    // The panic's own message is out; what the tracer holds may panic once more, and so may the logger.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| {
        drop(tracer);
        if panicked {
            log::error!(target: Layer::Loop.target(), "the tracer panicked and is off");
        }
    }));
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
#[inline]
pub(crate) fn follow_log_level() {
    let wanted = log::max_level() == log::LevelFilter::Trace && is_logged();
    call::set_watch(Watch::Log, wanted);
}

#[cold]
fn is_logged() -> bool {
    let wanted = |layer: &Layer| log::log_enabled!(target: layer.target(), log::Level::Trace);
    Layer::ALL.iter().any(wanted)
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

/// Does a step between events, if anybody wants to know: an event says that it begins, and is the cause of all that happens in it; if the step
/// fails, another says so, whose name ends in `.failed`. The step is an expression whose value is a `Result<_, Errno>`, and the value of the
/// whole. Untraced it costs the step and one predictable branch; no argument is evaluated.
///
/// ```
/// use uvox_loop::{emit_around, sys, Errno};
///
/// fn listen(socket: std::os::fd::BorrowedFd<'_>, backlog: i32) -> Result<(), Errno> {
///     emit_around!(Uv, "stream.listen", backlog = backlog => sys::listen(socket, backlog))
/// }
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
/// # assert_eq!(listen(std::os::fd::AsFd::as_fd(&listener), 5), Ok(()));
/// ```
#[macro_export]
macro_rules! emit_around {
    ($layer:ident, $name:literal $(@ $object:expr)? $(, $arg:ident = $value:expr)* => $step:expr) => {{
        if $crate::trace::on() {
            $crate::trace::out_of_line(|| {
                let cause = $crate::emit!($layer, $name $(@ $object)? $(, $arg = $value)*)
                    .map($crate::trace::cause);
                let result = $step;
                if let Err(errno) = &result {
                    let failed = $crate::trace::Outcome::Failed(*errno);
                    $crate::emit!($layer, (concat!($name, ".failed")) $(@ $object)?, result = failed);
                }
                drop(cause);
                result
            })
        } else {
            $step
        }
    }};
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
        $crate::emit!($layer, ($name) $(@ $object)? $(, $($rest)*)?)
    };
    ($layer:ident, ($name:expr) $(@ $object:expr)? $(, $($rest:tt)*)?) => {
        if $crate::trace::on() {
            $crate::trace::out_of_line(|| {
                let event = $crate::trace::Event::new($crate::trace::Layer::$layer, $name);
                Some($crate::trace::send($crate::emit!(
                    # (event $(.object($object))?) $($($rest)*)?
                )))
            })
        } else {
            None
        }
    };
    (# ($event:expr)) => {
        $event
    };
    (# ($event:expr) result = $result:expr $(, $($rest:tt)*)?) => {
        $crate::emit!(# ($event.result($result)) $($($rest)*)?)
    };
    (# ($event:expr) queue = $before:expr => $after:expr $(, $($rest:tt)*)?) => {
        $crate::emit!(# ($event.queue($before as u64, $after as u64)) $($($rest)*)?)
    };
    (# ($event:expr) $arg:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::emit!(# ($event.arg(stringify!($arg), $value)) $($($rest)*)?)
    };
}
