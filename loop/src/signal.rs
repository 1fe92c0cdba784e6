//! Signals as callbacks of the loop (`signal.c`).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::callback::Callback;
use crate::kind::{Kind, State};
use crate::sys::Errno;
use crate::sys::signal::{OnSignal, Registration};
use crate::wake::Hub;
use crate::{Ctx, Handle, Key, emit};

/// Runs a callback on the loop's thread when the process gets a signal (`uv_signal_t`).
///
/// Any number of handles, in any number of loops, may watch one signal: each is called. Handlers that the host installed stay in
/// place and are called too. A signal that arrives n times before the loop looks is delivered n times (as far as the kernel did not
/// merge them), [`signals`](crate::Budgets::signals) at most in one turn.
///
/// While a signal is watched its default action is off. Unlike in libuv, it stays off when the last handle is stopped: the
/// process keeps ignoring the signal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(Handle<SignalState>);

type OnSignalled = dyn FnMut(&mut Ctx, Signal, i32);

#[derive(Debug)]
pub(crate) struct SignalState {
    callback: Callback<OnSignalled>,
    watching: Option<Watching>,
}

#[derive(Debug)]
struct Watching {
    signal: i32,
    once: bool,
    counter: Arc<Counter>,
    _registration: Registration,
}

/// What the signal handler touches.
#[derive(Debug)]
struct Counter {
    caught: AtomicU32,
    hub: Arc<Hub>,
}

impl OnSignal for Counter {
    fn count(&self) {
        self.caught.fetch_add(1, Ordering::AcqRel);
        self.hub.signalled();
    }
}

static SIGNAL: Kind<SignalState> = Kind::new("signal").on_ready(on_ready).on_stop(|cx, key| {
    let stopped = Signal(Handle::from_key(key)).stop(cx);
    debug_assert_eq!(stopped, Ok(()));
});

impl State for SignalState {
    const KIND: &'static Kind<SignalState> = &SIGNAL;
}

impl Signal {
    /// A handle that is not started (`uv_signal_init`).
    #[track_caller]
    pub fn new(cx: &mut Ctx) -> Signal {
        Signal(cx.insert(SignalState {
            callback: Callback::Unset,
            watching: None,
        }))
    }

    /// Calls `callback` with the signal's number whenever it arrives (`uv_signal_start`). A handle that is started already goes on
    /// with the new callback; if it is for another signal, what was caught of the old one and not delivered yet is forgotten.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing or the signal cannot be watched: `SIGKILL`, `SIGSTOP`, `SIGILL`,
    /// `SIGFPE`, `SIGSEGV`, or no signal at all.
    pub fn start(
        self,
        cx: &mut Ctx,
        signal: i32,
        callback: impl FnMut(&mut Ctx, Signal, i32) + 'static,
    ) -> Result<(), Errno> {
        self.watch(cx, signal, false, Box::new(callback))
    }

    /// The same for the next arrival alone: the handle is stopped when its callback runs (`uv_signal_start_oneshot`).
    ///
    /// # Errors
    ///
    /// As [`Signal::start`].
    pub fn start_once(
        self,
        cx: &mut Ctx,
        signal: i32,
        callback: impl FnMut(&mut Ctx, Signal, i32) + 'static,
    ) -> Result<(), Errno> {
        self.watch(cx, signal, true, Box::new(callback))
    }

    fn watch(
        self,
        cx: &mut Ctx,
        signal: i32,
        once: bool,
        callback: Box<OnSignalled>,
    ) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        if let Some(watching) = &mut state.watching
            && watching.signal == signal
        {
            // What was caught already waits for the new callback.
            watching.once = once;
            state.callback = Callback::Set(callback);
            return Ok(());
        }
        let waker = cx.hub.waker().ok_or(Errno::EBADF)?;
        let counter = Arc::new(Counter {
            caught: AtomicU32::new(0),
            hub: cx.hub.clone(),
        });
        let registration = Registration::new(signal, counter.clone(), waker)?;
        self.stop(cx)?;
        let state = cx.open_state(self.0)?;
        state.callback = Callback::Set(callback);
        state.watching = Some(Watching {
            signal,
            once,
            counter,
            _registration: registration,
        });
        cx.signals.push(self.0.key());
        cx.set_active(self.0, true)
    }

    /// Ends that; what was caught and not delivered yet is forgotten (`uv_signal_stop`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
        if state.watching.take().is_some() {
            let key = self.0.key();
            cx.signals.retain(|other| *other != key);
        }
        cx.set_active(self.0, false)
    }

    /// The signal it watches, while it is started.
    pub fn signal(self, cx: &Ctx) -> Option<i32> {
        Some(cx.state(self.0)?.watching.as_ref()?.signal)
    }
}

/// Delivers what was caught, one call for each arrival.
fn on_ready(cx: &mut Ctx, key: Key) {
    let handle = Signal(Handle::from_key(key));
    for _ in 0..cx.budgets().signals {
        // Resolved each time: the callback may stop the handle, or start it on another signal.
        let Some(watching) = caught(cx, handle) else {
            return;
        };
        watching.counter.caught.fetch_sub(1, Ordering::AcqRel);
        let (signal, once) = (watching.signal, watching.once);
        emit!(Loop, "signal" @ key, signal = signal);
        if once {
            let stopped = handle.stop(cx);
            debug_assert_eq!(stopped, Ok(()));
        }
        cx.call(
            handle.0,
            |state| &mut state.callback,
            |callback, cx| callback(cx, handle, signal),
        );
    }
    if caught(cx, handle).is_some() {
        // More arrived than one turn delivers. A handle that was closed by its callback watches nothing, so this one is open.
        let _ = cx.requeue(key);
    }
}

/// What the handle watches, if that was caught and waits to be delivered.
fn caught(cx: &Ctx, handle: Signal) -> Option<&Watching> {
    let watching = cx.state(handle.0)?.watching.as_ref()?;
    (watching.counter.caught.load(Ordering::Acquire) > 0).then_some(watching)
}

impl Ctx {
    /// Queues the handles whose signal arrived.
    pub(crate) fn wake_signals(&mut self) {
        for key in self.signals.clone().into_iter().rev() {
            if caught(self, Signal(Handle::from_key(key))).is_some() {
                self.woken(key);
            }
        }
    }
}

impl From<Signal> for Key {
    fn from(handle: Signal) -> Key {
        handle.0.key()
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signal({})", self.0.key())
    }
}
