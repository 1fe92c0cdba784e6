//! Writes that wait: corked, or because another one is going on (`clearBuffer`, `errorBuffer`).

use uvox_loop::Ctx;

use super::finish::call_finished_callbacks;
use super::state::{Buffered, Written};
use super::write::{on_write, tell};
use crate::listeners::leaf;
use crate::streams::chunk::Chunk;
use crate::streams::duplex::Duplex;
use crate::streams::errors;

impl Duplex {
    /// Holds back what is written from now on, until it is [uncorked](Duplex::uncork) as often as it was corked, or ended; then all of it goes to
    /// [`writev`](super::super::DuplexMethods::writev) at once, if there is one (`cork`).
    pub fn cork(self, cx: &mut Ctx) {
        if let Some(w) = self.writable_half(cx) {
            w.corked = w.corked.saturating_add(1);
        }
    }

    /// Lets go what was held back (`uncork`).
    pub fn uncork(self, cx: &mut Ctx) {
        leaf(cx, |cx| uncork(cx, self, 1));
    }
}

/// Uncorks it so often.
pub(super) fn uncork(cx: &mut Ctx, d: Duplex, times: u32) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    if w.corked > 0 {
        w.corked = w.corked.saturating_sub(times);
        if !w.writing {
            clear_buffer(cx, d);
        }
    }
}

/// Gives what waits to what lies below, if it may go.
pub(super) fn clear_buffer(cx: &mut Ctx, d: Duplex) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let may_go = !state.destroyed && state.constructed;
    let (methods, below) = (state.methods, state.below);
    let Some(w) = &mut state.writable else {
        return;
    };
    if !may_go || w.buffer_processing || w.corked > 0 || w.waiting() == 0 {
        return;
    }
    w.buffer_processing = true;
    if w.waiting() > 1 && methods.has_writev(cx, below) {
        write_all(cx, d);
    } else {
        // Each turn takes one out, and none are added while they are worked off but by what lies below.
        while let Some(w) = d.writable_half(cx)
            && !w.writing
            && let Some(Buffered { chunk, callback }) = w.take_next()
        {
            let len = chunk.len();
            do_write(cx, d, len, callback.into_iter().collect(), One(chunk));
        }
    }
    if let Some(w) = d.writable_half(cx) {
        w.buffer_processing = false;
    }
}

fn write_all(cx: &mut Ctx, d: Duplex) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    let waiting = w.take_waiting();
    w.pending_callbacks = w.pending_callbacks.saturating_sub(waiting.len() - 1);
    let len = w.length;
    let (mut chunks, mut callbacks) = (Vec::with_capacity(waiting.len()), Vec::new());
    for Buffered { chunk, callback } in waiting {
        chunks.push(chunk);
        callbacks.extend(callback);
    }
    do_write(cx, d, len, callbacks, All(chunks));
}

enum What {
    One(Chunk),
    All(Vec<Chunk>),
}
use What::{All, One};

fn do_write(cx: &mut Ctx, d: Duplex, len: usize, callbacks: Vec<Written>, what: What) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let destroyed = state.destroyed;
    let (methods, below) = (state.methods, state.below);
    if let Some(w) = &mut state.writable {
        w.write_len = len;
        if !callbacks.is_empty() {
            w.queue().callbacks = callbacks;
        }
        w.writing = true;
        w.sync = true;
    }
    match what {
        _ if destroyed => on_write(cx, d, Some(errors::destroyed("write"))),
        All(chunks) => methods.writev(cx, d, below, chunks),
        One(chunk) => methods.write(cx, d, below, chunk),
    }
    if let Some(w) = d.writable_half(cx) {
        w.sync = false;
    }
}

/// Tells those whose writes will not be made any more.
pub(in crate::streams) fn error_buffer(cx: &mut Ctx, d: Duplex) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let error = state.errored.clone();
    let Some(w) = &mut state.writable else {
        return;
    };
    if w.writing {
        return;
    }
    for Buffered { chunk, callback } in w.take_waiting() {
        if let Some(w) = d.writable_half(cx) {
            w.length -= chunk.len();
        }
        if let Some(callback) = callback {
            let error = error.clone().unwrap_or_else(|| errors::destroyed("write"));
            tell(cx, callback, Err(error));
        }
    }
    let error = error.unwrap_or_else(|| errors::destroyed("end"));
    call_finished_callbacks(cx, d, Some(error));
}
