//! The end of the writable half: ending, finalized, prefinished, finished (`finishMaybe`, `prefinish`, `finish`).

use uvox_loop::Ctx;

use super::buffered::uncork;
use super::state::Written;
use super::write::{tell, write_last};
use crate::listeners::{self, leaf};
use crate::streams::chunk::Chunk;
use crate::streams::destroy::{destroy, error_or_destroy};
use crate::streams::duplex::{Duplex, DuplexState};
use crate::streams::errors;
use crate::streams::events::{Arg, Event};
use crate::{Error, env};

impl Duplex {
    /// Ends what is written (`end`): when all is out, and what lies below has [finalized](super::super::DuplexMethods::finalize), 'finish' is emitted. It is
    /// uncorked, too. Doing so again changes nothing.
    pub fn end(self, cx: &mut Ctx) {
        leaf(cx, |cx| end(cx, self, None, None));
    }

    /// Writes a last piece, and ends.
    pub fn end_with(self, cx: &mut Ctx, chunk: impl Into<Chunk>) {
        let chunk = chunk.into();
        leaf(cx, |cx| end(cx, self, Some(chunk), None));
    }

    /// Ends, after a last piece if there is one, and calls back when it is finished, or has failed; with `ERR_STREAM_ALREADY_FINISHED` if it was finished
    /// before, and `ERR_STREAM_DESTROYED` if it was destroyed.
    pub fn end_then(
        self,
        cx: &mut Ctx,
        chunk: Option<Chunk>,
        callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
    ) {
        let callback: Written = Box::new(callback);
        leaf(cx, |cx| end(cx, self, chunk, Some(callback)));
    }

    /// Says that what lies below has finalized, or could not: the answer to [`finalize`](super::super::DuplexMethods::finalize).
    pub fn finalized(self, cx: &mut Ctx, result: Result<(), Error>) {
        self.answer(cx, |cx| on_finalized(cx, self, result.err()));
    }
}

pub(super) fn end(cx: &mut Ctx, d: Duplex, chunk: Option<Chunk>, callback: Option<Written>) {
    let mut error = None;
    if let Some(chunk) = chunk {
        let ended = d.writable_half(cx).is_some_and(|w| w.ending);
        if write_last(cx, d, chunk, None).is_err() {
            error = Some(match ended {
                true => errors::write_after_end(),
                false => errors::destroyed("write"),
            });
        }
    }
    uncork(cx, d, u32::MAX);
    if error.is_none() {
        error = begin_end(cx, d);
    }
    let Some(callback) = callback else {
        return;
    };
    let state = d.state_mut(cx);
    let failed = error.or_else(|| state.as_ref()?.errored.clone());
    let result = match (failed, state.and_then(|state| state.writable.as_mut())) {
        (Some(error), _) => Err(error),
        (None, Some(w)) if !w.finished => return w.queue().on_finished.push(callback),
        (None, _) => Ok(()),
    };
    env::next_tick(cx, move |cx| tell(cx, callback, result));
}

/// The end itself, or why it cannot be.
fn begin_end(cx: &mut Ctx, d: Duplex) -> Option<Error> {
    let Some(state) = d.state_mut(cx) else {
        return Some(errors::destroyed("end"));
    };
    let (errored, destroyed) = (state.errored.is_some(), state.destroyed);
    let Some(w) = &mut state.writable else {
        return Some(errors::not_implemented("end()"));
    };
    if !w.ending && !errored {
        w.ending = true;
        finish_maybe(cx, d, true);
        d.writable_half(cx)?.ended = true;
        return None;
    }
    if w.finished {
        Some(errors::already_finished("end"))
    } else if destroyed {
        Some(errors::destroyed("end"))
    } else {
        None
    }
}

/// The other half has been read to the end, and this one is not to stay open alone (`endWritableNT`).
pub(in crate::streams) fn end_after_reading(cx: &mut Ctx, d: Duplex) {
    if d.is_writable(cx) {
        end(cx, d, None, None);
    }
}

impl DuplexState {
    /// Whether all is done but the end itself.
    fn needs_finish(&self) -> bool {
        let ready = self.constructed
            && !self.destroyed
            && !self.error_emitted
            && !self.close_emitted
            && self.errored.is_none();
        ready
            && self.writable.as_ref().is_some_and(|w| {
                w.ending && !w.finished && !w.writing && !w.has_buffered() && w.length == 0
            })
    }
}

pub(super) fn finish_maybe(cx: &mut Ctx, d: Duplex, sync: bool) {
    if !d.state(cx).is_some_and(DuplexState::needs_finish) {
        return;
    }
    prefinish(cx, d);
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    if w.pending_callbacks > 0 {
        return;
    }
    if sync {
        w.pending_callbacks += 1;
        env::next_tick_of(cx, d.key(), |cx, key| {
            let d = Duplex::from_key(key);
            if d.state(cx).is_some_and(DuplexState::needs_finish) {
                finish(cx, d);
            } else if let Some(w) = d.writable_half(cx) {
                w.pending_callbacks = w.pending_callbacks.saturating_sub(1);
            }
        });
    } else if d.state(cx).is_some_and(DuplexState::needs_finish) {
        if let Some(w) = d.writable_half(cx) {
            w.pending_callbacks += 1;
        }
        listeners::deliver(cx, move |cx| finish(cx, d));
    }
}

fn prefinish(cx: &mut Ctx, d: Duplex) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let destroyed = state.destroyed;
    let (methods, below) = (state.methods, state.below);
    let has_finalize = methods.has_finalize(cx, below);
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    if w.prefinished || w.final_called {
        return;
    }
    w.final_called = true;
    if has_finalize && !destroyed {
        w.sync = true;
        w.pending_callbacks += 1;
        methods.finalize(cx, d, below);
        if let Some(w) = d.writable_half(cx) {
            w.sync = false;
        }
    } else {
        w.prefinished = true;
        d.emit(cx, Event::Prefinish, Arg::None);
    }
}

fn on_finalized(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    if w.prefinished {
        let error = error.unwrap_or_else(errors::multiple_callback);
        return error_or_destroy(cx, d, error, false);
    }
    w.pending_callbacks = w.pending_callbacks.saturating_sub(1);
    let sync = w.sync;
    if let Some(error) = error {
        call_finished_callbacks(cx, d, Some(error.clone()));
        error_or_destroy(cx, d, error, sync);
    } else if d.state(cx).is_some_and(DuplexState::needs_finish) {
        if let Some(w) = d.writable_half(cx) {
            w.prefinished = true;
        }
        d.emit(cx, Event::Prefinish, Arg::None);
        if let Some(w) = d.writable_half(cx) {
            w.pending_callbacks += 1;
        }
        env::next_tick_of(cx, d.key(), |cx, key| finish(cx, Duplex::from_key(key)));
    }
}

fn finish(cx: &mut Ctx, d: Duplex) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    w.pending_callbacks = w.pending_callbacks.saturating_sub(1);
    w.finished = true;
    call_finished_callbacks(cx, d, None);
    d.emit(cx, Event::Finish, Arg::None);
    let Some(state) = d.state(cx) else {
        return;
    };
    let read_to_the_end = state
        .readable
        .as_ref()
        .is_none_or(|r| r.end_emitted || !r.enabled);
    if state.auto_destroy && read_to_the_end {
        destroy(cx, d, None);
    }
}

pub(super) fn call_finished_callbacks(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    let Some(queue) = &mut w.queue else {
        return;
    };
    for callback in std::mem::take(&mut queue.on_finished) {
        tell(cx, callback, error.clone().map_or(Ok(()), Err));
    }
}
