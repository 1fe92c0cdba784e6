//! What a read gave, and what follows from it.

use uvox_loop::{Errno, Parts, Ready};

use super::reader::Hearer;
use super::state::StreamState;

/// What the kernel gave, and who is to hear of it.
pub(super) struct Received {
    pub(super) result: Result<usize, Errno>,
    /// Decided before the callback runs, so that the stream need not be resolved after it to find out.
    pub(super) then: Then,
    pub(super) hearer: Option<Hearer>,
}

/// What a read gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) count: usize,
    pub(super) then: Then,
}

/// What follows a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// There may be more.
    Read,
    /// Nothing is left but what ends the stream, an end or an error: it is read in the next turn, when level-triggered libuv hears of it again.
    Later,
    /// The kernel speaks when there is more.
    Wait,
    /// Both directions are closed, and nothing is left.
    End,
}

impl Then {
    #[inline]
    pub(super) fn after(ready: Ready, is_short: bool) -> Then {
        match ready.can_read() {
            false => Then::Wait,
            true if !is_short || ready.contains(Ready::PRIORITY) => Then::Read,
            true if ready.contains(Ready::HANG_UP) => Then::End,
            true => Then::Later,
        }
    }
}

/// What follows from what the kernel said of a read: the end and an error stop the reading before the callback hears of them. The callback is taken out, to
/// be told. `tells` is whether a short count means that nothing is left.
pub(super) fn conclude(
    parts: Parts<'_, StreamState>,
    capacity: usize,
    tells: bool,
    mut result: Result<usize, Errno>,
) -> Received {
    let StreamState {
        reader,
        sending,
        owner,
        ..
    } = parts.state;
    let mut is_short = false;
    match result {
        Ok(0) => {
            reader.stop();
            result = Err(Errno::EOF);
        }
        Ok(count) if count < capacity && tells => {
            is_short = true;
            parts.ready.short_read();
        }
        Ok(_) => {}
        Err(Errno::EAGAIN) => parts.ready.would_block_reading(),
        Err(_) => {
            reader.end();
            sending.fail();
        }
    }
    let then = Then::after(*parts.ready, is_short);
    // Of nothing, most readers are not told.
    let hearer = match result {
        Err(Errno::EAGAIN) => None,
        _ => reader.take_hearer(owner),
    };
    Received {
        result,
        then,
        hearer,
    }
}
