//! Writing, and what becomes of a write (`writeOrBuffer`, `onwrite`, `afterWrite`).

use uvox_loop::Ctx;

use super::buffered::{clear_buffer, error_buffer};
use super::finish::finish_maybe;
use super::state::{Buffered, Written};
use crate::listeners::{self, in_callback, leaf};
use crate::streams::chunk::Chunk;
use crate::streams::destroy::{destroy, error_or_destroy};
use crate::streams::duplex::{Duplex, DuplexState};
use crate::streams::errors;
use crate::streams::events::{Arg, Event};
use crate::streams::lent::Lent;
use crate::streams::methods::Begun;
use crate::streams::piece::Piece;
use crate::{Error, env};

impl Duplex {
    /// Writes (`write`). False says that it is enough: 'drain' will say when there is room again. What is written then is buffered all the same.
    ///
    /// To a stream that was ended, or destroyed, nothing is written: it fails with `ERR_STREAM_WRITE_AFTER_END` or `ERR_STREAM_DESTROYED`, and this says
    /// false.
    #[inline]
    pub fn write<'a>(self, cx: &mut Ctx, piece: impl Into<Piece<'a>>) -> bool {
        let piece = piece.into();
        match piece.lend_to(|lent| write_now(cx, self, lent)) {
            Some(room) => room,
            None => write_piece(cx, self, piece),
        }
    }

    /// Writes, and calls back when that is out, or has failed: never before this returns, and in the order of the writes.
    pub fn write_then(
        self,
        cx: &mut Ctx,
        chunk: impl Into<Chunk>,
        callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
    ) -> bool {
        let chunk = chunk.into();
        let callback: Written = Box::new(callback);
        leaf(cx, |cx| write(cx, self, chunk, Some(callback))) == Ok(true)
    }

    /// Says that what was asked to be written is written, or has failed: the answer to [`write`](super::super::DuplexMethods::write) and
    /// [`writev`](super::super::DuplexMethods::writev), at once or later. One that nobody asked for is an error of the stream's
    /// (`ERR_MULTIPLE_CALLBACK`).
    #[inline]
    pub fn written(self, cx: &mut Ctx, result: Result<(), Error>) {
        self.answer(cx, |cx| on_write(cx, self, result.err()));
    }
}

/// The same from within, of something that is lent.
pub(in crate::streams) fn write_lent(cx: &mut Ctx, d: Duplex, lent: &Lent<'_>) -> bool {
    match write_now(cx, d, lent) {
        Some(room) => room,
        None => write(cx, d, lent.to_chunk(), None) == Ok(true),
    }
}

/// A write that cannot go the straight way.
#[cold]
fn write_piece(cx: &mut Ctx, d: Duplex, piece: Piece<'_>) -> bool {
    leaf(cx, |cx| write(cx, d, piece.into_chunk(), None)) == Ok(true)
}

/// The straight way, of a write that nothing waits before, and nobody waits for: if it is out at once, nothing has changed. Nothing is said if it cannot go
/// this way.
#[inline]
fn write_now(cx: &mut Ctx, d: Duplex, piece: &Lent<'_>) -> Option<bool> {
    let state = d.state(cx)?;
    let w = state.writable.as_ref()?;
    if !w.is_idle() || !state.is_able() || !state.constructed || piece.as_bytes().len() > w.limit {
        return None;
    }
    let (methods, below) = (state.methods, state.below);
    match methods.write_now(cx, d, below, piece) {
        Begun::Done => Some(true),
        begun => go_on(cx, d, piece, begun),
    }
}

/// A write is not over, or has failed, if it was begun at all.
#[cold]
fn go_on(cx: &mut Ctx, d: Duplex, piece: &Lent<'_>, begun: Begun) -> Option<bool> {
    let error = match begun {
        Begun::Not => return None,
        Begun::Done | Begun::Later => None,
        Begun::Failed(error) => Some(error),
    };
    if let Some(w) = d.writable_half(cx) {
        w.is_given(piece.len());
        w.sync = error.is_some();
    }
    if error.is_some() {
        leaf(cx, |cx| on_write(cx, d, error));
        if let Some(w) = d.writable_half(cx) {
            w.sync = false;
        }
    }
    Some(has_room(d.state_mut(cx)))
}

/// A write was refused: the stream was ended, or destroyed.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::streams) struct Refused;

/// Calls back, when no other callback of a user's is going on.
pub(super) fn tell(cx: &mut Ctx, callback: Written, result: Result<(), Error>) {
    listeners::deliver(cx, move |cx| in_callback(cx, |cx| callback(cx, result)));
}

/// As [`Duplex::write`], from within.
pub(in crate::streams) fn write(
    cx: &mut Ctx,
    d: Duplex,
    chunk: Chunk,
    callback: Option<Written>,
) -> Result<bool, Refused> {
    give(cx, d, chunk, callback, Which::Any)
}

fn fail_in_tick(cx: &mut Ctx, callback: Option<Written>, error: &Error) {
    if let Some(callback) = callback {
        let error = error.clone();
        env::next_tick(cx, move |cx| tell(cx, callback, Err(error)));
    }
}

/// The same for a write that comes with the end.
pub(super) fn write_last(
    cx: &mut Ctx,
    d: Duplex,
    chunk: Chunk,
    callback: Option<Written>,
) -> Result<bool, Refused> {
    give(cx, d, chunk, callback, Which::Last)
}

/// Whether a write comes with the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Any,
    Last,
}

/// Gives a piece to what lies below, or to the buffer (`writeOrBuffer`).
#[inline]
fn give(
    cx: &mut Ctx,
    d: Duplex,
    chunk: Chunk,
    callback: Option<Written>,
    which: Which,
) -> Result<bool, Refused> {
    let Some(state) = d.state_mut(cx) else {
        return refuse(cx, d, errors::destroyed("write"), callback, which);
    };
    let must_wait = state.errored.is_some() || !state.constructed;
    let (destroyed, methods, below) = (state.destroyed, state.methods, state.below);
    let Some(w) = &mut state.writable else {
        // One that can only be read is none the worse for it.
        fail_in_tick(cx, callback, &errors::not_implemented("write()"));
        return Err(Refused);
    };
    if let Some(error) = w.refusal(chunk.len(), destroyed) {
        return refuse(cx, d, error, callback, which);
    }
    let chunk = match chunk {
        Chunk::Text(text) if w.decode_strings => Chunk::Bytes(text.into()),
        chunk => chunk,
    };
    let len = chunk.len();
    if must_wait || w.writing || w.corked > 0 {
        w.pending_callbacks += 1;
        w.length += len;
        w.queue().buffered.push_back(Buffered { chunk, callback });
        return Ok(has_room(d.state_mut(cx)));
    }
    w.is_given(len);
    if let Some(callback) = callback {
        w.queue().callbacks.push(callback);
    }
    w.sync = true;
    methods.write(cx, d, below, chunk);
    if let Some(w) = d.writable_half(cx) {
        w.sync = false;
    }
    Ok(has_room(d.state_mut(cx)))
}

#[cold]
fn refuse(
    cx: &mut Ctx,
    d: Duplex,
    error: Error,
    callback: Option<Written>,
    which: Which,
) -> Result<bool, Refused> {
    if which == Which::Any
        && let Some(state) = d.state(cx)
        && state.writable.as_ref().is_some_and(|w| w.ending)
        && let Some(error) = state.methods.refuse_write(cx, d, state.below)
    {
        fail_in_tick(cx, callback, &error);
        destroy(cx, d, Some(error));
        return Err(Refused);
    }
    fail_in_tick(cx, callback, &error);
    error_or_destroy(cx, d, error, true);
    Err(Refused)
}

/// What a write says: whether there is room for more. If not, 'drain' will tell.
#[inline]
fn has_room(state: Option<&mut DuplexState>) -> bool {
    let Some(state) = state else {
        return false;
    };
    let able = state.is_able();
    let Some(w) = &mut state.writable else {
        return false;
    };
    let enough = w.length >= w.high_water_mark && w.length > 0;
    w.need_drain |= enough;
    !enough && able
}

/// What lies below has answered.
pub(super) fn on_write(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    if !w.writing {
        return error_or_destroy(cx, d, errors::multiple_callback(), false);
    }
    let sync = w.sync;
    w.writing = false;
    w.length -= w.write_len;
    w.write_len = 0;
    let callbacks = w.take_callbacks();
    match error {
        Some(error) => {
            if let Some(state) = d.state_mut(cx) {
                state.note_error(&error);
            }
            let fail = move |cx: &mut Ctx| on_write_error(cx, d, error, callbacks);
            if sync {
                env::next_tick(cx, fail);
            } else {
                listeners::deliver(cx, fail);
            }
        }
        None => {
            clear_buffer(cx, d);
            if sync {
                after_sync_write(cx, d, callbacks);
            } else {
                listeners::deliver(cx, move |cx| after_write(cx, d, 1, callbacks));
            }
        }
    }
}

fn on_write_error(cx: &mut Ctx, d: Duplex, error: Error, callbacks: Vec<Written>) {
    if let Some(w) = d.writable_half(cx) {
        w.pending_callbacks = w.pending_callbacks.saturating_sub(1);
    }
    for callback in callbacks {
        tell(cx, callback, Err(error.clone()));
    }
    error_buffer(cx, d);
    error_or_destroy(cx, d, error, false);
}

/// A write that was answered at once: what follows is left to a tick, if anything follows.
fn after_sync_write(cx: &mut Ctx, d: Duplex, callbacks: Vec<Written>) {
    let Some(w) = d.writable_half(cx) else {
        return;
    };
    let needs_drain = w.need_drain && w.length == 0;
    let for_callbacks = !callbacks.is_empty();
    if for_callbacks || (needs_drain && !w.after_write_pending) {
        w.after_write_pending = true;
        return env::next_tick(cx, move |cx| after_write(cx, d, 1, callbacks));
    }
    w.pending_callbacks = w.pending_callbacks.saturating_sub(1);
    if w.ending {
        finish_maybe(cx, d, true);
    }
}

fn after_write(cx: &mut Ctx, d: Duplex, count: usize, callbacks: Vec<Written>) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let destroyed = state.destroyed;
    if let Some(w) = &mut state.writable {
        w.after_write_pending = false;
        if w.need_drain && !w.ending && !destroyed && w.length == 0 {
            w.need_drain = false;
            d.emit(cx, Event::Drain, Arg::None);
        }
    }
    if let Some(w) = d.writable_half(cx) {
        w.pending_callbacks = w.pending_callbacks.saturating_sub(count);
    }
    for callback in callbacks {
        tell(cx, callback, Ok(()));
    }
    if d.is_destroyed(cx) {
        error_buffer(cx, d);
    }
    if d.writable_half(cx).is_some_and(|w| w.ending) {
        finish_maybe(cx, d, true);
    }
}
