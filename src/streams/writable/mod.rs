//! The writable half (`internal/streams/writable`).

mod buffered;
mod finish;
mod state;
mod write;

pub(super) use buffered::error_buffer;
pub(super) use finish::end_after_reading;
pub(super) use state::WritableState;
pub(super) use write::write_lent;

use uvox_loop::Ctx;

use super::duplex::Duplex;

/// The stream is ready: what was written and ended in the meantime goes on.
pub(super) fn on_constructed(cx: &mut Ctx, d: Duplex) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    if !w.writing {
        buffered::clear_buffer(cx, d);
    }
    if d.writable_half(cx).is_some_and(|w| w.ending) {
        finish::finish_maybe(cx, d, false);
    }
}

/// Ends a stream, as [`Duplex::end`] without anything does, from within.
pub(super) fn end(cx: &mut Ctx, d: Duplex) {
    finish::end(cx, d, None, None);
}

/// Whether a write said that it is enough, whatever has become of the stream since.
pub(super) fn needs_drain(cx: &mut Ctx, d: Duplex) -> bool {
    d.writable_half(cx).is_none_or(|w| w.need_drain)
}
