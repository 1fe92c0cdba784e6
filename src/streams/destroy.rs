//! The end of a stream, in order: destroyed, closed, 'error', 'close' (`internal/streams/destroy`).

use uvox_loop::Ctx;

use super::duplex::{Duplex, DuplexState};
use super::events::{Arg, Event};
use super::writable;
use crate::listeners::leaf;
use crate::{Error, env};

/// How far the destruction has come.
#[derive(Clone, Debug)]
pub(super) enum Destroying {
    No,
    /// It waits until the stream is constructed.
    Waiting(Option<Error>),
    /// What lies below has been asked to let go.
    Asked,
    /// It has.
    Done,
}

impl Duplex {
    /// Destroys the stream: nothing more is read or written, what lies below lets go, then 'error' is emitted, if there is one, and 'close' (`destroy`). The
    /// callbacks of writes that are left get an error. Doing so again changes nothing; the first error counts.
    pub fn destroy(self, cx: &mut Ctx, error: Option<Error>) {
        leaf(cx, |cx| destroy(cx, self, error));
    }

    /// Says that what lies below has let go, with an error or without: the answer to [`destroy`](super::DuplexMethods::destroy). Events follow in a tick.
    /// A second answer is not heard.
    pub fn destroyed(self, cx: &mut Ctx, error: Option<Error>) {
        self.answer(cx, move |cx| on_destroyed(cx, self, error));
    }

    /// The stream has failed, says what lies below (`errorOrDestroy`): it is destroyed; or, if it is not to be destroyed automatically, 'error' is emitted.
    pub fn fail(self, cx: &mut Ctx, error: Error) {
        self.answer(cx, move |cx| error_or_destroy(cx, self, error, false));
    }

    /// Emits 'close', for streams that are made not to do so themselves (see [`Options::emit_close`](super::Options::emit_close)), and lets the state go.
    pub fn emit_close(self, cx: &mut Ctx) {
        self.answer(cx, move |cx| {
            self.emit(cx, Event::Close, Arg::None);
            release_when_over(cx, self);
        });
    }

    /// Lets the state of the stream go, in the closing phase, whatever it is doing. A stream that was made to be [kept](super::Options::keep) needs this.
    pub fn release(self, cx: &mut Ctx) {
        if let Some((methods, below)) = self.methods(cx)
            && cx.close(self.0, |_| ()).is_ok()
        {
            methods.release(cx, self, below);
        }
    }

    /// Something comes from below: in a scope of its own, unless a callback of a user's is going on.
    pub(super) fn answer<R: Default>(self, cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
        if crate::listeners::is_held(cx) {
            return f(cx);
        }
        env::enter(cx, f).unwrap_or_default()
    }
}

impl Duplex {
    /// It is as it was before it was ended and destroyed (`undestroy`).
    pub(crate) fn undestroy(self, cx: &mut Ctx) {
        let Some(state) = self.state_mut(cx) else {
            return;
        };
        state.constructed = true;
        state.closed = false;
        state.close_emitted = false;
        state.destroyed = false;
        state.destroying = Destroying::No;
        state.errored = None;
        state.error_emitted = false;
        if let Some(r) = &mut state.readable {
            r.revive();
        }
        if let Some(w) = &mut state.writable {
            w.revive();
        }
    }
}

impl DuplexState {
    /// Notes the first error.
    pub(super) fn note_error(&mut self, error: &Error) {
        self.errored.get_or_insert_with(|| error.clone());
    }
}

/// `destroy`: of the readable half alone, and of a writable one, whose writes that wait are told.
pub(super) fn destroy(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    if state.destroyed {
        return;
    }
    if let Some(error) = &error {
        state.note_error(error);
    }
    state.destroyed = true;
    let has_writes = state
        .writable
        .as_ref()
        .is_some_and(|w| w.has_buffered() || w.is_awaited());
    if !state.constructed {
        state.destroying = Destroying::Waiting(error.clone());
    }
    let constructed = state.constructed;
    if has_writes {
        env::next_tick(cx, move |cx| writable::error_buffer(cx, d));
    }
    if constructed {
        ask(cx, d, error);
    }
}

/// What waited for the stream to be constructed goes on.
pub(super) fn constructed(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    if let Destroying::Waiting(first) = &state.destroying {
        let error = first.clone().or(error);
        ask(cx, d, error);
    }
}

fn ask(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    state.destroying = Destroying::Asked;
    let (methods, below) = (state.methods, state.below);
    methods.destroy(cx, d, below, error);
}

fn on_destroyed(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    if !matches!(state.destroying, Destroying::Asked) {
        return;
    }
    state.destroying = Destroying::Done;
    if let Some(error) = &error {
        state.note_error(error);
    }
    state.closed = true;
    let Some(error) = error else {
        return env::next_tick_of(cx, d.key(), |cx, key| {
            emit_close(cx, Duplex::from_key(key));
        });
    };
    env::next_tick(cx, move |cx| {
        // An error that nobody listens to ends the matter there, as an exception does.
        if emit_error(cx, d, error) {
            emit_close(cx, d);
        } else if d.state(cx).is_some_and(|state| state.emit_close) {
            release_when_over(cx, d);
        }
    });
}

/// Emits 'error', once. False if nobody listened.
pub(super) fn emit_error(cx: &mut Ctx, d: Duplex, error: Error) -> bool {
    let Some(state) = d.state_mut(cx) else {
        return true;
    };
    if std::mem::replace(&mut state.error_emitted, true) {
        return true;
    }
    d.emit(cx, Event::Error, Arg::Error(&error))
}

fn emit_close(cx: &mut Ctx, d: Duplex) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    state.close_emitted = true;
    if state.emit_close {
        d.emit(cx, Event::Close, Arg::None);
        release_when_over(cx, d);
    }
}

fn release_when_over(cx: &mut Ctx, d: Duplex) {
    // A listener may have brought it to life again.
    if d.state(cx)
        .is_some_and(|state| state.destroyed && !state.keep)
    {
        d.release(cx);
    }
}

/// Destroys the stream with the error, or emits it, if the stream is not to be destroyed automatically: in a tick, if that is asked.
pub(super) fn error_or_destroy(cx: &mut Ctx, d: Duplex, error: Error, in_tick: bool) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    if state.destroyed {
        return;
    }
    if state.auto_destroy {
        return destroy(cx, d, Some(error));
    }
    state.note_error(&error);
    if in_tick {
        env::next_tick(cx, move |cx| {
            emit_error(cx, d, error);
        });
    } else {
        emit_error(cx, d, error);
    }
}
