//! A stream's name, its state, and what can be asked of it.

use std::fmt;

use uvox_loop::{Ctx, Handle, Key, Kind, State};

use super::destroy::Destroying;
use super::hearers::Hearers;
use super::methods::DuplexMethods;
use super::options::Options;
use super::readable::ReadableState;
use super::writable::WritableState;
use crate::Error;

/// A stream as Node's JavaScript has it: one that can be read, one that can be written to, or both (`Readable`, `Writable`, `Duplex`). It is a
/// name, and can be copied freely.
///
/// # Contract
///
/// - Calls made by users are leaves: no listener and no callback of a user's runs inside them. Where Node would emit inside of such a call, the
///   listeners are called as soon as the callback that made it returns, before the ticks.
/// - What comes from below, by [`push`](Duplex::push), [`written`](Duplex::written) and the like, is delivered at once, in a [scope](crate::env::enter)
///   of its own; from inside a callback of a user's, as soon as that is over.
/// - What Node leaves to a tick is left to a tick: the order of events is Node's.
/// - When 'close' has been emitted, nothing more is; the state leaves the table in the next closing phase (but see [`Options::keep`]), and with it the
///   listeners. From then on the name resolves to a stream that is destroyed and closed. A stream that is never destroyed stays until the loop ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duplex(pub(super) Handle<DuplexState>);

/// The state behind a [`Duplex`].
pub struct DuplexState {
    pub(super) methods: &'static dyn DuplexMethods,
    pub(super) below: Key,
    pub(super) readable: Option<ReadableState>,
    pub(super) writable: Option<WritableState>,
    pub(super) listeners: Hearers,
    pub(super) allow_half_open: bool,
    pub(super) auto_destroy: bool,
    pub(super) emit_close: bool,
    pub(super) keep: bool,
    /// It is ready to be read and written.
    pub(super) constructed: bool,
    pub(super) destroyed: bool,
    pub(super) destroying: Destroying,
    /// What lies below has let go.
    pub(super) closed: bool,
    pub(super) close_emitted: bool,
    pub(super) errored: Option<Error>,
    pub(super) error_emitted: bool,
}

static DUPLEX: Kind<DuplexState> = Kind::new("duplex");

impl State for DuplexState {
    const KIND: &'static Kind<DuplexState> = &DUPLEX;
}

impl DuplexState {
    /// Whether it was not destroyed, and has not failed.
    #[inline]
    pub(super) fn is_able(&self) -> bool {
        !self.destroyed && self.errored.is_none()
    }
}

impl Duplex {
    /// A stream of both halves, each of which may be absent by [`Options::readable`] and [`Options::writable`] (`new Duplex`).
    #[track_caller]
    pub fn new(
        cx: &mut Ctx,
        methods: &'static dyn DuplexMethods,
        below: Key,
        options: &Options,
    ) -> Duplex {
        let readable = Some(ReadableState::new(options, options.readable));
        let writable = Some(WritableState::new(options, options.writable));
        Duplex::make(cx, methods, below, options, readable, writable)
    }

    /// A stream that can be read (`new Readable`).
    #[track_caller]
    pub fn new_readable(
        cx: &mut Ctx,
        methods: &'static dyn DuplexMethods,
        below: Key,
        options: &Options,
    ) -> Duplex {
        let readable = Some(ReadableState::new(options, true));
        Duplex::make(cx, methods, below, options, readable, None)
    }

    /// A stream that can be written to (`new Writable`).
    #[track_caller]
    pub fn new_writable(
        cx: &mut Ctx,
        methods: &'static dyn DuplexMethods,
        below: Key,
        options: &Options,
    ) -> Duplex {
        let writable = Some(WritableState::new(options, true));
        Duplex::make(cx, methods, below, options, None, writable)
    }

    #[track_caller]
    fn make(
        cx: &mut Ctx,
        methods: &'static dyn DuplexMethods,
        below: Key,
        options: &Options,
        readable: Option<ReadableState>,
        writable: Option<WritableState>,
    ) -> Duplex {
        let constructs = methods.has_construct(cx, below);
        let stream = Duplex(cx.insert(DuplexState {
            methods,
            below,
            readable,
            writable,
            listeners: Hearers::default(),
            allow_half_open: options.allow_half_open,
            auto_destroy: options.auto_destroy,
            emit_close: options.emit_close,
            keep: options.keep,
            constructed: !constructs,
            destroyed: false,
            destroying: Destroying::No,
            closed: false,
            close_emitted: false,
            errored: None,
            error_emitted: false,
        }));
        // It was made just now.
        let _ = cx.set_internal(stream.0);
        if constructs {
            super::construct::begin(cx, stream);
        }
        stream
    }

    /// The stream of that key, be it there or not.
    pub fn from_key(key: Key) -> Duplex {
        Duplex(Handle::from_key(key))
    }

    /// Its key.
    pub fn key(self) -> Key {
        self.0.key()
    }

    #[inline]
    pub(super) fn state(self, cx: &Ctx) -> Option<&DuplexState> {
        cx.state(self.0)
    }

    #[inline]
    pub(super) fn state_mut(self, cx: &mut Ctx) -> Option<&mut DuplexState> {
        cx.state_mut(self.0)
    }

    #[inline]
    pub(super) fn readable_half(self, cx: &mut Ctx) -> Option<&mut ReadableState> {
        self.state_mut(cx)?.readable.as_mut()
    }

    #[inline]
    pub(super) fn writable_half(self, cx: &mut Ctx) -> Option<&mut WritableState> {
        self.state_mut(cx)?.writable.as_mut()
    }

    /// What lies below it, and the functions that know how to use that.
    pub(super) fn methods(self, cx: &Ctx) -> Option<(&'static dyn DuplexMethods, Key)> {
        let state = self.state(cx)?;
        Some((state.methods, state.below))
    }

    /// What lies below it; nothing if the stream is gone.
    pub fn below(self, cx: &Ctx) -> Option<Key> {
        Some(self.state(cx)?.below)
    }

    /// Whether its state is still there.
    pub fn exists(self, cx: &Ctx) -> bool {
        self.state(cx).is_some()
    }

    /// Whether it was destroyed, or is gone (`destroyed`).
    pub fn is_destroyed(self, cx: &Ctx) -> bool {
        self.state(cx).is_none_or(|state| state.destroyed)
    }

    /// Whether what lies below it has let go, or it is gone (`closed`). 'close' follows.
    pub fn is_closed(self, cx: &Ctx) -> bool {
        self.state(cx).is_none_or(|state| state.closed)
    }

    /// The error that it has failed with (`errored`), whether it has been emitted yet or not.
    pub fn errored(self, cx: &Ctx) -> Option<&Error> {
        self.state(cx)?.errored.as_ref()
    }

    /// Whether it can still be written to when all has been read (`allowHalfOpen`).
    pub fn allows_half_open(self, cx: &Ctx) -> bool {
        self.state(cx).is_some_and(|state| state.allow_half_open)
    }

    /// Says whether it can.
    pub fn set_allow_half_open(self, cx: &mut Ctx, allow: bool) {
        if let Some(state) = self.state_mut(cx) {
            state.allow_half_open = allow;
        }
    }

    /// Whether the state stays when the stream is closed, until it is [released](Duplex::release): see [`Options::keep`](super::Options::keep). For streams
    /// that others made, a server's sockets say. It must be said before that.
    pub fn set_keep(self, cx: &mut Ctx, keep: bool) {
        if let Some(state) = self.state_mut(cx) {
            state.keep = keep;
        }
    }
}

impl fmt::Debug for Duplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Duplex({})", self.0.key())
    }
}

impl fmt::Debug for DuplexState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplexState")
            .field("readable", &self.readable)
            .field("writable", &self.writable)
            .field("destroyed", &self.destroyed)
            .field("closed", &self.closed)
            .field("errored", &self.errored)
            .finish_non_exhaustive()
    }
}
