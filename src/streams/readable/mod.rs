//! The readable half (`internal/streams/readable`).

mod buffer;
mod end;
mod flow;
mod push;
mod read;
mod state;

pub(super) use flow::{
    data_is_unwanted, data_is_wanted, pause, readable_is_wanted, recount, resume,
};
pub use read::HIGHEST_WATER_MARK;
pub(super) use state::{Awaited, ReadableState};

use uvox_loop::Ctx;

use super::duplex::Duplex;

/// The stream is ready: what was asked for in the meantime is read.
pub(super) fn on_constructed(cx: &mut Ctx, d: Duplex) {
    if d.readable_half(cx).is_some_and(|r| r.need_readable) {
        push::maybe_read_more(cx, d);
    }
}
