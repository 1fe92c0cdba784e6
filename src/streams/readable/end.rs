//! The end of the readable half (`endReadable`).

use uvox_loop::Ctx;

use crate::env;
use crate::streams::destroy::destroy;
use crate::streams::duplex::Duplex;
use crate::streams::events::{Arg, Event};
use crate::streams::writable;

/// All has been read: 'end' follows in a tick.
pub(super) fn end_readable(cx: &mut Ctx, d: Duplex) {
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    if !r.end_emitted {
        r.ended = true;
        env::next_tick_of(cx, d.key(), |cx, key| emit_end(cx, Duplex::from_key(key)));
    }
}

fn emit_end(cx: &mut Ctx, d: Duplex) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let quiet = state.errored.is_some() || state.close_emitted;
    let Some(r) = &mut state.readable else {
        return;
    };
    // Something may have been put back in the meantime.
    if quiet || r.end_emitted || r.length() > 0 {
        return;
    }
    r.end_emitted = true;
    d.emit(cx, Event::End, Arg::None);
    let writable = d.is_writable(cx);
    let Some(state) = d.state(cx) else {
        return;
    };
    if writable && !state.allow_half_open {
        return env::next_tick_of(cx, d.key(), |cx, key| {
            writable::end_after_reading(cx, Duplex::from_key(key))
        });
    }
    let written = state
        .writable
        .as_ref()
        .is_none_or(|w| w.finished || !w.enabled);
    if state.auto_destroy && written {
        destroy(cx, d, None);
    }
}
