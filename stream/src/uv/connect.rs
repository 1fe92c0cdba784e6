//! The end of a connection attempt (`uv__stream_connect`).

use std::fmt;

use uvox_loop::{Ctx, Errno, emit, sys, trace};

use super::shutdown::Sending;
use super::state::{BOTH, Stream};

type OnConnect = Box<dyn FnOnce(&mut Ctx, Stream, Result<(), Errno>)>;

/// Whether an attempt goes on (`connect_req`).
#[derive(Default)]
pub(super) enum Connecting {
    #[default]
    No,
    Yes {
        done: OnConnect,
        /// What `connect` said at once, to be told later (`delayed_error`).
        refused: Option<Errno>,
    },
}

impl Connecting {
    pub(super) fn is_on(&self) -> bool {
        matches!(self, Connecting::Yes { .. })
    }
}

impl Stream {
    /// A connection attempt begins: the stream's [socket](Stream::take_socket) was given to `connect`, which said `started`; if there is none, for want
    /// of descriptors say, `started` is the error that the attempt ends with. For the crates that make streams; `done` is called from the loop when the attempt ends. Until then the stream can be written to, which is queued,
    /// and be told to read.
    ///
    /// # Errors
    ///
    /// `EALREADY` if an attempt goes on, `EISCONN` if it is connected; `EBADF` if the stream is gone or has no socket, `EINVAL` if it is closing. What `connect` says, other than
    /// `EINPROGRESS`, comes by `done`, and so does what the kernel says if it will not watch the socket; if the attempt failed, what was queued is
    /// cancelled after that, and a reader that was to be told what arrives is not called.
    pub fn begin_connect(
        self,
        cx: &mut Ctx,
        started: Result<(), Errno>,
        done: impl FnOnce(&mut Ctx, Stream, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.check_unconnected(cx)?;
        let refused = started.err().filter(|errno| *errno != Errno::EINPROGRESS);
        if refused.is_none() || self.fd(cx).is_some() {
            cx.watch_later(self.0)?;
            self.begin(cx, BOTH)?;
        }
        if started.is_err()
            && let Some(parts) = cx.parts(self.0)
        {
            // Not before the kernel says so: then the attempt has ended.
            parts.ready.would_block_writing();
        }
        let state = cx.open_state(self.0)?;
        state.rare_mut().connecting = Connecting::Yes {
            done: Box::new(done),
            refused,
        };
        // What an earlier connection left behind when it broke is not for this one.
        let was_left = !state.queue.is_drained();
        state.queue.fail_all(Errno::ECANCELED);
        cx.begin_request();
        if was_left {
            cx.feed(self.0)?;
        }
        match started {
            // The kernel may have said all it has to say about this socket when an earlier attempt failed.
            Ok(()) => cx.requeue(self.0),
            Err(Errno::EINPROGRESS) => Ok(()),
            Err(_) => cx.feed(self.0),
        }
    }

    /// Whether an attempt may begin: to be asked before `connect` is called.
    ///
    /// # Errors
    ///
    /// `EALREADY` if an attempt goes on, `EISCONN` if the stream is connected or was until it was shut down; `EBADF` if it is gone, `EINVAL` if it is closing.
    pub fn check_unconnected(self, cx: &mut Ctx) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        if state.is_connecting() {
            return Err(Errno::EALREADY);
        }
        if state.reader.readable || !matches!(state.sending, Sending::Never) {
            return Err(Errno::EISCONN);
        }
        Ok(())
    }

    /// Whether a connection attempt goes on.
    pub fn is_connecting(self, cx: &Ctx) -> bool {
        cx.state(self.0).is_some_and(|state| state.is_connecting())
    }

    /// Asks how the attempt ended, if it did, and tells.
    pub(super) fn finish_connecting(self, cx: &mut Ctx) {
        let Some(rare) = cx.state(self.0).and_then(|state| state.rare.as_ref()) else {
            return;
        };
        let Connecting::Yes { refused, .. } = rare.connecting else {
            return;
        };
        let result = match (refused, cx.parts(self.0)) {
            (Some(errno), _) => Err(errno),
            (None, None) => return,
            (None, Some(parts)) if !parts.ready.can_write() => return,
            (None, Some(parts)) => match sys::take_error(parts.fd) {
                Ok(Some(Errno::EINPROGRESS)) => return parts.ready.would_block_writing(),
                Ok(None) => Ok(()),
                Ok(Some(errno)) | Err(errno) => Err(errno),
            },
        };
        // The stream is open, or nothing would have been asked.
        if result.is_ok() {
            // What was queued or arrived in the meantime is for the next turn, as if the kernel had told of it then.
            let _ = cx.requeue_ahead(self.0);
            return self.tell_connected(cx, result);
        }
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        state.reader.end();
        // Now, for the callback may try again, and what it writes and ends then is the next attempt's.
        state.queue.fail_all(Errno::ECANCELED);
        let ending = state.cancel_ending();
        let _ = cx.set_active(self.0, false);
        // What the kernel says of this attempt is not about the next.
        let _ = cx.unwatch(self.0);
        self.tell_connected(cx, result);
        if self.is_connecting(cx) {
            self.report_finished(cx);
        } else {
            self.run_sends(cx);
        }
        if let Some(ending) = ending {
            self.tell_cancelled(cx, ending);
        }
    }

    /// The stream is closing: an attempt that goes on is cancelled.
    pub(super) fn cancel_connecting(self, cx: &mut Ctx) {
        if self.is_connecting(cx) {
            self.tell_connected(cx, Err(Errno::ECANCELED));
        }
    }

    fn tell_connected(self, cx: &mut Ctx, result: Result<(), Errno>) {
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        let connecting = state.rare.as_mut().map(|rare| &mut rare.connecting);
        let Some(Connecting::Yes { done, .. }) = connecting.map(std::mem::take) else {
            return;
        };
        state.settle();
        // It fails only for a user who ended requests that were not theirs.
        let _ = cx.end_request();
        let _cause = emit!(Uv, "stream.connected" @ self, result = result).map(trace::cause);
        done(cx, self, result);
    }
}

impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_on() { "Yes" } else { "No" })
    }
}
