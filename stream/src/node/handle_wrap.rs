//! What a stream shares with the handle it stands on (`HandleWrap`).

use std::os::fd::RawFd;

use uvox_loop::{Ctx, Errno, emit, trace};

use super::base::StreamBase;

/// How far a wrap's handle has come (`HandleWrap::state_`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleWrapState {
    /// It is there (`kInitialized`).
    Initialised,
    /// It was closed, and its close callback is still to run (`kClosing`).
    Closing,
    /// Its close callback runs, or has run (`kClosed`).
    Closed,
}

/// A stream that is a handle of the loop, and is closed as one (`HandleWrap`).
///
/// # When it is closing
///
/// | | between `close` and its callback | in the callback | after it |
/// | --- | --- | --- | --- |
/// | [`state`](HandleWrap::state) | `Closing` | `Closed` | `Closed` |
/// | [`unwrap`](HandleWrap::unwrap) | `Some` | `Some` | `None` |
/// | [`read_start`](StreamBase::read_start) | `EINVAL` | `EINVAL` | `EBADF` |
/// | [`read_stop`](StreamBase::read_stop) | `Ok` | `EINVAL` | `EBADF` |
/// | [`write`](StreamBase::write) and its kin | `EBADF` | `EINVAL` | `EBADF` |
/// | [`shutdown`](StreamBase::shutdown) | `ENOTCONN` | `EINVAL` | `EBADF` |
/// | [`push_listener`](StreamBase::push_listener), [`use_user_buffer`](StreamBase::use_user_buffer), [`replace`](super::Link::replace) | `Ok` | `EINVAL` | `EBADF` |
/// | [`fd`](HandleWrap::fd) | `Ok(None)` | `EINVAL` | `EINVAL` |
/// | [`has_ref`](HandleWrap::has_ref) | `Some` | `Some(false)` | `None` |
/// | [`close`](HandleWrap::close) | nothing | nothing | nothing |
/// | [`bytes_read`](StreamBase::bytes_read), [`bytes_written`](StreamBase::bytes_written) | the count | the count | 0 |
pub trait HandleWrap: Copy {
    /// The stream base that this is a name of.
    fn stream_base(self) -> StreamBase;

    /// How far it has come. It is told by the handles, and kept nowhere.
    fn state(self, cx: &Ctx) -> HandleWrapState {
        let base = self.stream_base();
        if !base.is_alive(cx) {
            HandleWrapState::Closed
        } else if base.is_closing(cx) {
            HandleWrapState::Closing
        } else {
            HandleWrapState::Initialised
        }
    }

    /// The wrap itself, unless it is gone: `None` exactly where Node's methods return undefined, after the close callback.
    fn unwrap(self, cx: &Ctx) -> Option<Self> {
        self.stream_base().below(cx).map(|_| self)
    }

    /// Closes the handle (`Close`). What is queued is cancelled, in order, in the closing phase; then `callback` runs, then the listeners are destroyed, and
    /// the wrap is gone. On one that is closing already or gone this does nothing, and `callback` is dropped.
    fn close(self, cx: &mut Ctx, callback: impl FnOnce(&mut Ctx) + 'static) {
        if self.state(cx) != HandleWrapState::Initialised {
            return;
        }
        let base = self.stream_base();
        let Some(below) = base.below(cx) else {
            return;
        };
        let _cause = emit!(Base, "base.close" @ base.0).map(trace::cause);
        // What is closed last is called back first: the handle below, and the base right after it.
        base.destroy(cx);
        // It was open a moment ago.
        let _ = cx.close(below.key, callback);
    }

    /// Lets the handle keep the loop alive while it is active, as it does at first (`Ref`). Doing so twice changes nothing, nor does it on one whose
    /// close callback runs.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is gone.
    fn ref_(self, cx: &mut Ctx) -> Result<(), Errno> {
        let below = self.stream_base().below(cx).ok_or(Errno::EBADF)?;
        // It may be gone itself.
        let _ = cx.ref_(below.key);
        Ok(())
    }

    /// Lets the loop end though the handle is active (`Unref`).
    ///
    /// # Errors
    ///
    /// As [`HandleWrap::ref_`].
    fn unref(self, cx: &mut Ctx) -> Result<(), Errno> {
        let below = self.stream_base().below(cx).ok_or(Errno::EBADF)?;
        let _ = cx.unref(below.key);
        Ok(())
    }

    /// Whether the handle keeps the loop alive while it is active (`HasRef`); `None` if it is gone.
    fn has_ref(self, cx: &Ctx) -> Option<bool> {
        let below = self.stream_base().below(cx)?;
        Some(cx.has_ref(below.key))
    }

    /// As [`StreamBase::get_fd`].
    ///
    /// # Errors
    ///
    /// As there.
    fn fd(self, cx: &Ctx) -> Result<Option<RawFd>, Errno> {
        self.stream_base().get_fd(cx)
    }
}

impl HandleWrap for StreamBase {
    fn stream_base(self) -> StreamBase {
        self
    }
}
