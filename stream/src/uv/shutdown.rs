//! Ending what is sent (`uv_shutdown`, `uv__drain`).

use std::fmt;
use std::net::Shutdown;

use uvox_loop::{Ctx, Errno, emit, emit_around, sys, trace};

use super::rare::Ending;
use super::state::{Stream, StreamState};

pub(super) type OnShutdown = Box<dyn FnOnce(&mut Ctx, Stream, Result<(), Errno>)>;

/// How far sending has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sending {
    /// There is nowhere to send to: not connected, the reading end of a pipe, or ended by an error.
    #[default]
    Never,
    Open,
    /// It was shut down; the end follows when the queue is sent.
    Ended,
}

impl Sending {
    #[inline]
    pub(super) fn check_open(self) -> Result<(), Errno> {
        match self {
            Sending::Open => Ok(()),
            Sending::Never | Sending::Ended => Err(Errno::EPIPE),
        }
    }

    /// An error ended the connection. A shutdown that waits is still reported.
    pub(super) fn fail(&mut self) {
        if *self == Sending::Open {
            *self = Sending::Never;
        }
    }
}

impl StreamState {
    /// There never was a connection: what waited for one is handed out.
    pub(super) fn cancel_ending(&mut self) -> Option<OnShutdown> {
        self.sending = Sending::Never;
        self.take_ending()
    }

    fn take_ending(&mut self) -> Option<OnShutdown> {
        let done = self.rare.as_mut()?.ending.0.take();
        self.settle();
        done
    }
}

impl Stream {
    /// Ends what is sent, when all that is queued is sent (`uv_shutdown`): the peer reads to the end and finds EOF. Reading goes on. Nothing
    /// can be written from now on. `done` is called from the loop.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone; `ENOTCONN` if it is closing, not connected, not writable, or shut down already. `done` gets what the kernel
    /// says, and `ECANCELED` if the stream is closed before, or was connecting and the attempt failed.
    pub fn shutdown(
        self,
        cx: &mut Ctx,
        done: impl FnOnce(&mut Ctx, Stream, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        emit_around!(Uv, "stream.shutdown" @ self, queued = self.write_queue_size(cx)
            => self.begin_shutdown(cx, Box::new(done)))
    }

    fn begin_shutdown(self, cx: &mut Ctx, done: OnShutdown) -> Result<(), Errno> {
        if cx.is_closing(self.0) && cx.state(self.0).is_some() {
            return Err(Errno::ENOTCONN);
        }
        let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
        if state.sending != Sending::Open {
            return Err(Errno::ENOTCONN);
        }
        state.sending = Sending::Ended;
        state.rare_mut().ending = Ending(Some(done));
        let drained = state.queue.is_drained();
        cx.begin_request();
        if drained { cx.feed(self.0) } else { Ok(()) }
    }

    /// Whether a shutdown is pending (`uv__is_stream_shutting`).
    pub fn is_shutting_down(self, cx: &Ctx) -> bool {
        cx.state(self.0).is_some_and(StreamState::is_ending)
    }

    /// Shuts down, if that is due and everything is sent; cancels it, if the stream is closing.
    pub(super) fn drain(self, cx: &mut Ctx) {
        let closing = cx.is_closing(self.0);
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        if !state.shutdown_is_due() {
            return;
        }
        let Some(done) = state.take_ending() else {
            return;
        };
        let result = match cx.parts(self.0) {
            Some(parts) if !closing => {
                let _cause = emit!(Uv, "stream.drain" @ self).map(trace::cause);
                sys::shutdown(parts.fd, Shutdown::Write)
            }
            _ => Err(Errno::ECANCELED),
        };
        self.tell_shut(cx, done, result);
    }

    /// Tells of a shutdown that waited for a connection in vain; on a stream that was closed meanwhile, when its other requests are told of.
    pub(super) fn tell_cancelled(self, cx: &mut Ctx, done: OnShutdown) {
        if cx.is_closing(self.0)
            && let Some(state) = cx.state_mut(self.0)
            && !state.is_ending()
        {
            state.rare_mut().ending = Ending(Some(done));
            return;
        }
        self.tell_shut(cx, done, Err(Errno::ECANCELED));
    }

    fn tell_shut(self, cx: &mut Ctx, done: OnShutdown, result: Result<(), Errno>) {
        // It fails only for a user who ended requests that were not theirs.
        let _ = cx.end_request();
        let _cause = emit!(Uv, "stream.shutdown.done" @ self, result = result).map(trace::cause);
        done(cx, self, result);
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Yes" } else { "No" })
    }
}
