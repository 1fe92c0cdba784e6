//! What the wrap has as every handle has it (`HandleWrap`, `AsyncWrap`).
//!
//! Streams have the same in a trait of their own, whose parts are a stream base and what lies below it. There is none here, and nobody who would
//! take any of the two, so these are methods of the one wrap.

use std::os::fd::{AsRawFd, RawFd};

use uvox_loop::{Ctx, Errno, emit};

use super::udp_wrap::UdpWrap;

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

impl UdpWrap {
    /// How far it has come. It is told by the handles, and kept nowhere.
    pub fn state(self, cx: &Ctx) -> HandleWrapState {
        match self.udp(cx) {
            None => HandleWrapState::Closed,
            Some(udp) if cx.is_closing(udp) => HandleWrapState::Closing,
            Some(_) => HandleWrapState::Initialised,
        }
    }

    /// Whether it is closing or closed (`IsHandleClosing`).
    pub fn is_closing(self, cx: &Ctx) -> bool {
        self.state(cx) != HandleWrapState::Initialised
    }

    /// The wrap itself, unless it is gone: `None` exactly where Node's methods return undefined, after the close callback.
    pub fn unwrap(self, cx: &Ctx) -> Option<UdpWrap> {
        self.below(cx).map(|_| self)
    }

    /// Closes the handle (`Close`). What is queued is cancelled, in order, in the closing phase; then `callback` runs, and then the wrap is gone. On one that is closing
    /// already or gone this does nothing, and `callback` is dropped.
    pub fn close(self, cx: &mut Ctx, callback: impl FnOnce(&mut Ctx) + 'static) {
        let Some(udp) = self.udp(cx) else {
            return;
        };
        if cx.is_closing(udp) {
            return;
        }
        emit!(Base, "close" @ self.0);
        // What is closed last is called back first: the handle below, and the wrap right after it. Both were open a moment ago.
        let _ = cx.close(self.0, |_| ());
        let _ = cx.close(udp, callback);
    }

    /// Lets the handle keep the loop alive while it is active, as it does at first (`Ref`). Doing so twice changes nothing, nor does it on one whose
    /// close callback runs.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is gone.
    pub fn ref_(self, cx: &mut Ctx) -> Result<(), Errno> {
        let udp = self.resolve(cx)?;
        // It may be gone itself.
        let _ = cx.ref_(udp);
        Ok(())
    }

    /// Lets the loop end though the handle is active (`Unref`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::ref_`].
    pub fn unref(self, cx: &mut Ctx) -> Result<(), Errno> {
        let udp = self.resolve(cx)?;
        let _ = cx.unref(udp);
        Ok(())
    }

    /// Whether the handle keeps the loop alive while it is active (`HasRef`); `None` if it is gone.
    pub fn has_ref(self, cx: &Ctx) -> Option<bool> {
        Some(cx.has_ref(self.below(cx)?))
    }

    /// The descriptor (`GetFD`).
    ///
    /// # Errors
    ///
    /// `EBADF` if there is none: before the wrap has it, when it is closing, and when it is gone.
    pub fn fd(self, cx: &Ctx) -> Result<RawFd, Errno> {
        let udp = self.running(cx)?;
        Ok(cx.descriptor(udp).ok_or(Errno::EBADF)?.as_raw_fd())
    }

    /// The number that the wrap has among all that have one in its loop (`GetAsyncId`); none, where Node says -1, when it is gone.
    pub fn get_async_id(self, cx: &Ctx) -> Option<u64> {
        Some(cx.state(self.0)?.async_id)
    }

    /// What sort of thing it is, by the name that Node has for it: `"UDPWRAP"` (`GetProviderType`); none when it is gone.
    pub fn get_provider_type(self, cx: &Ctx) -> Option<&'static str> {
        self.unwrap(cx).map(|_| "UDPWRAP")
    }
}
