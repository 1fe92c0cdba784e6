//! Being told of signals, beside whoever else in the process wants to be told.

use std::ffi::c_int;
use std::sync::Arc;

use signal_hook_registry::SigId;

use super::Waker;
use super::errno::Errno;

/// What a signal handler may do: count, leave a mark, wake.
pub(crate) trait OnSignal: Send + Sync + 'static {
    /// Called in the signal handler, on whatever thread the signal interrupted: nothing but atomics.
    fn count(&self);
}

/// One action on one signal, until it is dropped.
#[derive(Debug)]
pub(crate) struct Registration(SigId);

impl Registration {
    /// Runs `counter.count()` and wakes `waker` whenever `signal` arrives.
    ///
    /// `EINVAL` for a number that is no signal, or one that cannot or must not be caught (`SIGKILL`, `SIGSTOP`, and the
    /// errors of the running code: `SIGILL`, `SIGFPE`, `SIGSEGV`).
    pub(crate) fn new(
        signal: c_int,
        counter: Arc<impl OnSignal>,
        waker: Arc<Waker>,
    ) -> Result<Registration, Errno> {
        if signal <= 0 || signal_hook_registry::FORBIDDEN.contains(&signal) {
            return Err(Errno::EINVAL);
        }
        let action = move || {
            counter.count();
            waker.wake_from_signal();
        };
        // SAFETY: the action allocates nothing, locks nothing and cannot panic: it changes atomics and calls `write`, which
        // leaves `errno` as it was.
        let id = unsafe { signal_hook_registry::register(signal, action) }?;
        Ok(Registration(id))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        signal_hook_registry::unregister(self.0);
    }
}
