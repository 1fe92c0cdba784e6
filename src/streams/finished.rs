//! Who waits for the end of a stream (`internal/streams/end-of-stream`).

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use uvox_loop::Ctx;

use super::duplex::Duplex;
use super::errors;
use super::events::{Arg, Event, Place};
use super::hearers::machine;
use crate::listeners::{ListenerId, deliver, in_callback};
use crate::{Error, env};

/// What is waited for (the options of Node's `finished`).
#[derive(Clone, Copy, Debug)]
pub struct FinishedOptions {
    pub(super) readable: Option<bool>,
    pub(super) writable: Option<bool>,
    pub(super) error: bool,
}

impl Default for FinishedOptions {
    fn default() -> FinishedOptions {
        FinishedOptions {
            readable: None,
            writable: None,
            error: true,
        }
    }
}

impl FinishedOptions {
    /// All that the stream has, and errors.
    pub fn new() -> FinishedOptions {
        FinishedOptions::default()
    }

    /// Whether it is waited for the end of the readable half (`readable`). If it has one, by default.
    pub fn readable(mut self, wait: bool) -> FinishedOptions {
        self.readable = Some(wait);
        self
    }

    /// Whether it is waited for the end of the writable half (`writable`). If it has one, by default.
    pub fn writable(mut self, wait: bool) -> FinishedOptions {
        self.writable = Some(wait);
        self
    }

    /// Whether an error is an end (`error`). It is, by default.
    pub fn error(mut self, wait: bool) -> FinishedOptions {
        self.error = wait;
        self
    }
}

type Callback = Box<dyn FnOnce(&mut Ctx, Result<(), Error>)>;

/// Somebody waits for the end of a stream: a name, to [stop](Finished::clean_up) that by. Clones are the same.
#[derive(Clone)]
pub struct Finished(Rc<Waiting>);

/// What is known so far.
struct Waiting {
    stream: Duplex,
    readable: bool,
    writable: bool,
    will_emit_close: Cell<bool>,
    readable_finished: Cell<bool>,
    writable_finished: Cell<bool>,
    listeners: RefCell<Vec<(Event, ListenerId)>>,
    callback: Cell<Option<Callback>>,
}

/// Calls back once, when the stream is over: read to the end, finished, failed, or closed before that, with `ERR_STREAM_PREMATURE_CLOSE` (`finished`). If it was
/// over before, in a tick. Its listeners stay until they are [taken off](Finished::clean_up), so that late errors do no harm.
///
/// Of a stream that is gone it is not known how it ended: see [`Options::keep`](super::Options::keep). It counts as closed prematurely.
pub fn finished(
    cx: &mut Ctx,
    stream: Duplex,
    options: FinishedOptions,
    callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
) -> Finished {
    end_of_stream(cx, stream, options, move |cx, result| {
        deliver(cx, move |cx| in_callback(cx, |cx| callback(cx, result)));
    })
}

/// As [`finished`], for streams among themselves.
pub(super) fn end_of_stream(
    cx: &mut Ctx,
    stream: Duplex,
    options: FinishedOptions,
    callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
) -> Finished {
    let (has_readable, has_writable) = (stream.has_readable(cx), stream.has_writable(cx));
    let readable = options.readable.unwrap_or(has_readable);
    let writable = options.writable.unwrap_or(has_writable);
    let will_emit_close = stream
        .state(cx)
        .is_some_and(|state| state.auto_destroy && state.emit_close && !state.closed);
    let waiting = Rc::new(Waiting {
        stream,
        readable,
        writable,
        will_emit_close: Cell::new(
            will_emit_close && has_readable == readable && has_writable == writable,
        ),
        readable_finished: Cell::new(stream.is_read_to_end(cx)),
        writable_finished: Cell::new(stream.is_written_to_end(cx)),
        listeners: RefCell::default(),
        callback: Cell::new(Some(Box::new(callback))),
    });
    waiting.listen(cx, Event::End, |waiting, cx, _| waiting.on_end(cx));
    waiting.listen(cx, Event::Finish, |waiting, cx, _| waiting.on_finish(cx));
    if options.error {
        waiting.listen(cx, Event::Error, |waiting, cx, arg| {
            if let Arg::Error(error) = *arg {
                waiting.call(cx, Err(error.clone()));
            }
        });
    }
    waiting.listen(cx, Event::Close, |waiting, cx, _| waiting.on_close(cx));
    waiting.look_back(cx);
    Finished(waiting)
}

impl Finished {
    /// Takes off its listeners; if the stream is not over yet, nobody is called any more.
    pub fn clean_up(&self, cx: &mut Ctx) {
        drop(self.0.callback.take());
        for (event, id) in self.0.listeners.take() {
            self.0.stream.unlisten(cx, event, id);
        }
    }
}

impl Waiting {
    fn listen(
        self: &Rc<Waiting>,
        cx: &mut Ctx,
        event: Event,
        f: impl Fn(&Waiting, &mut Ctx, &Arg) + 'static,
    ) {
        let waiting = self.clone();
        let hear = machine(move |cx, _, arg| f(&waiting, cx, arg));
        let id = self.stream.listen(cx, event, Place::Behind, hear);
        self.listeners.borrow_mut().push((event, id));
    }

    /// What has happened already is told in a tick.
    fn look_back(self: &Rc<Waiting>, cx: &mut Ctx) {
        let waiting = self.clone();
        if self.stream.is_closed(cx) {
            return env::next_tick(cx, move |cx| waiting.on_close(cx));
        }
        if self.is_over(cx) {
            env::next_tick(cx, move |cx| waiting.call_with_errored(cx));
        }
    }

    fn is_over(&self, cx: &mut Ctx) -> bool {
        let d = self.stream;
        let quiet = !self.will_emit_close.get();
        let readable = d.can_be_read(cx);
        let writable = d.can_be_written(cx);
        let Some(state) = d.state(cx) else {
            return false;
        };
        if state.error_emitted {
            return quiet;
        }
        let idle = state
            .writable
            .as_ref()
            .is_none_or(|w| w.pending_callbacks == 0);
        let written = self.writable_finished.get() || writable == Some(false);
        if !self.readable && (quiet || readable == Some(true)) && written && idle {
            return true;
        }
        let read = self.readable_finished.get() || readable == Some(false);
        !self.writable && (quiet || writable == Some(true)) && read
    }

    fn on_finish(&self, cx: &mut Ctx) {
        self.writable_finished.set(true);
        // Whoever destroys it before that will hardly emit 'close' as one should.
        if self.stream.is_destroyed(cx) {
            self.will_emit_close.set(false);
        }
        if self.will_emit_close.get() && (!self.stream.is_readable(cx) || self.readable) {
            return;
        }
        if !self.readable || self.readable_finished.get() {
            self.call(cx, Ok(()));
        }
    }

    fn on_end(&self, cx: &mut Ctx) {
        self.readable_finished.set(true);
        if self.stream.is_destroyed(cx) {
            self.will_emit_close.set(false);
        }
        if self.will_emit_close.get() && (!self.stream.is_writable(cx) || self.writable) {
            return;
        }
        if !self.writable || self.writable_finished.get() {
            self.call(cx, Ok(()));
        }
    }

    fn on_close(&self, cx: &mut Ctx) {
        let d = self.stream;
        if d.errored(cx).is_none() {
            let unread = self.readable && !self.readable_finished.get();
            let unwritten = self.writable && !self.writable_finished.get();
            let cut = (unread && d.has_readable(cx) && !d.is_read_to_end(cx))
                || (unwritten && !d.is_written_to_end(cx));
            if cut || !d.exists(cx) {
                return self.call(cx, Err(errors::premature_close()));
            }
        }
        self.call_with_errored(cx);
    }

    fn call_with_errored(&self, cx: &mut Ctx) {
        let errored = self.stream.errored(cx).cloned();
        self.call(cx, errored.map_or(Ok(()), Err));
    }

    fn call(&self, cx: &mut Ctx, result: Result<(), Error>) {
        if let Some(callback) = self.callback.take() {
            callback(cx, result);
        }
    }
}

/// What Node's `internal/streams/utils` asks.
impl Duplex {
    pub(super) fn has_readable(self, cx: &Ctx) -> bool {
        self.state(cx)
            .is_some_and(|state| state.readable.as_ref().is_some_and(|r| r.enabled))
    }

    fn has_writable(self, cx: &Ctx) -> bool {
        self.state(cx)
            .is_some_and(|state| state.writable.as_ref().is_some_and(|w| w.enabled))
    }

    /// 'end' has been emitted, or nothing is left but that (`isReadableFinished`).
    fn is_read_to_end(self, cx: &Ctx) -> bool {
        self.has_readable(cx)
            && self.state(cx).is_some_and(|state| {
                let r = state.readable.as_ref();
                state.errored.is_none()
                    && r.is_some_and(|r| r.end_emitted || (r.ended && r.length() == 0))
            })
    }

    /// 'finish' has been emitted, or nothing is left but that (`isWritableFinished`).
    fn is_written_to_end(self, cx: &Ctx) -> bool {
        self.has_writable(cx)
            && self.state(cx).is_some_and(|state| {
                state.writable.as_ref().is_some_and(|w| {
                    w.finished || (state.errored.is_none() && w.ended && w.length == 0)
                })
            })
    }

    /// Whether there is more to come (`isReadable`); nothing, if it was never there.
    pub(super) fn can_be_read(self, cx: &Ctx) -> Option<bool> {
        let half = self.state(cx)?.readable.as_ref()?;
        Some(half.enabled && self.is_readable(cx))
    }

    /// Whether more can be written (`isWritable`); nothing, if it never could.
    fn can_be_written(self, cx: &Ctx) -> Option<bool> {
        let half = self.state(cx)?.writable.as_ref()?;
        Some(half.enabled && self.is_writable(cx))
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Finished({:?})", self.0.stream)
    }
}
