//! What those who watch from outside tell handles and requests apart by (`AsyncWrap`).

use uvox_loop::Ctx;

use super::base::StreamBase;

/// A number that nothing else of this loop has: counted up from 1 (`AsyncWrap::AsyncReset`). The loop counts, so that whoever has such
/// numbers without being a stream has others.
pub(super) fn new_async_id(cx: &mut Ctx) -> u64 {
    cx.next_number()
}

impl StreamBase {
    /// The number that the stream has among all that have one in its loop, stream bases and connection attempts say (`GetAsyncId`); none, where Node says -1, when it
    /// is gone.
    pub fn get_async_id(self, cx: &Ctx) -> Option<u64> {
        Some(cx.state(self.0)?.async_id)
    }

    /// What sort of thing it is, by the name that Node has for it, `"TCPWRAP"` (`GetProviderType`, which says it by a number). None for a stream that
    /// Node does not have, and when it is gone.
    pub fn get_provider_type(self, cx: &Ctx) -> Option<&'static str> {
        cx.state(self.0)?.provider
    }

    /// Says what sort of thing it is. For the crates that make wraps.
    pub fn set_provider_type(self, cx: &mut Ctx, provider: &'static str) {
        if let Some(state) = cx.state_mut(self.0) {
            state.provider = Some(provider);
        }
    }
}
