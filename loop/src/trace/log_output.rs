//! The trace as lines of the `log` crate.

use super::Event;

/// Writes an event to its layer's target at `trace` level.
pub(super) fn write(event: &Event) {
    log::trace!(
        target: event.layer.target(),
        "#{} turn {} {}: {event}{}",
        event.seq,
        event.turn,
        event.phase,
        event.cause.map_or(String::new(), |cause| format!(" (from #{cause})")),
    );
}
