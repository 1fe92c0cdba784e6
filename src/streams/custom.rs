//! Streams made of closures (`new Duplex({ read, write, … })`).

use std::fmt;

use uvox_loop::{Callback, Ctx, Handle, Key, Kind, State};

use super::chunk::Chunk;
use super::duplex::Duplex;
use super::errors;
use super::methods::DuplexMethods;
use super::options::Options;
use crate::Error;
use crate::listeners::{deliver, in_callback};

type OnRead = dyn FnMut(&mut Ctx, Duplex, usize);
type OnWrite = dyn FnMut(&mut Ctx, Duplex, Chunk);
type OnWriteAll = dyn FnMut(&mut Ctx, Duplex, Vec<Chunk>);
type OnAsked = dyn FnMut(&mut Ctx, Duplex);
type OnDestroy = dyn FnMut(&mut Ctx, Duplex, Option<Error>);

/// A stream that is made of closures: what Node's constructors take. Each closure is what the function of that name is in [`DuplexMethods`], and answers in the same
/// way. They may call anything; but they run inside of the calls that lead to them, so they must not expect listeners to run before they return.
#[derive(Default)]
pub struct Custom {
    read: Callback<OnRead>,
    write: Callback<OnWrite>,
    writev: Callback<OnWriteAll>,
    finalize: Callback<OnAsked>,
    construct: Callback<OnAsked>,
    destroy: Callback<OnDestroy>,
}

static CUSTOM: Kind<Custom> = Kind::new("stream of closures");

impl State for Custom {
    const KIND: &'static Kind<Custom> = &CUSTOM;
}

impl Custom {
    /// One that can do nothing yet.
    pub fn new() -> Custom {
        Custom::default()
    }

    /// Data is wanted: it is [pushed](Duplex::push), now or later.
    pub fn read(mut self, f: impl FnMut(&mut Ctx, Duplex, usize) + 'static) -> Custom {
        self.read = Callback::Set(Box::new(f));
        self
    }

    /// Writes one piece, and says when that is [written](Duplex::written).
    pub fn write(mut self, f: impl FnMut(&mut Ctx, Duplex, Chunk) + 'static) -> Custom {
        self.write = Callback::Set(Box::new(f));
        self
    }

    /// Writes several pieces at once, and says when they are [written](Duplex::written).
    pub fn writev(mut self, f: impl FnMut(&mut Ctx, Duplex, Vec<Chunk>) + 'static) -> Custom {
        self.writev = Callback::Set(Box::new(f));
        self
    }

    /// All is written; says when it is [finalized](Duplex::finalized).
    pub fn finalize(mut self, f: impl FnMut(&mut Ctx, Duplex) + 'static) -> Custom {
        self.finalize = Callback::Set(Box::new(f));
        self
    }

    /// Gets ready, and says when it [is](Duplex::constructed).
    pub fn construct(mut self, f: impl FnMut(&mut Ctx, Duplex) + 'static) -> Custom {
        self.construct = Callback::Set(Box::new(f));
        self
    }

    /// Lets go, and says when that [is done](Duplex::destroyed).
    pub fn destroy(mut self, f: impl FnMut(&mut Ctx, Duplex, Option<Error>) + 'static) -> Custom {
        self.destroy = Callback::Set(Box::new(f));
        self
    }

    /// Makes a stream of it that can be read and written.
    #[track_caller]
    pub fn duplex(self, cx: &mut Ctx, options: &Options) -> Duplex {
        let below = self.insert(cx);
        Duplex::new(cx, &Closures, below, options)
    }

    /// Makes a stream of it that can be read.
    #[track_caller]
    pub fn readable(self, cx: &mut Ctx, options: &Options) -> Duplex {
        let below = self.insert(cx);
        Duplex::new_readable(cx, &Closures, below, options)
    }

    /// Makes a stream of it that can be written to.
    #[track_caller]
    pub fn writable(self, cx: &mut Ctx, options: &Options) -> Duplex {
        let below = self.insert(cx);
        Duplex::new_writable(cx, &Closures, below, options)
    }

    #[track_caller]
    fn insert(self, cx: &mut Ctx) -> Key {
        let below = cx.insert(self);
        // It was made just now.
        let _ = cx.set_internal(below);
        below.key()
    }
}

/// How a stream uses its closures.
struct Closures;

/// Calls one of them. It may emit, so it counts as a callback of a user's. One that runs, and brings about another call of itself, gets that when it is over.
/// False if there is none.
fn call<F: ?Sized + 'static>(
    cx: &mut Ctx,
    below: Key,
    place: fn(&mut Custom) -> &mut Callback<F>,
    run: impl FnOnce(&mut F, &mut Ctx) + 'static,
) -> bool {
    let custom: Handle<Custom> = Handle::from_key(below);
    match cx.state_mut(custom).map(place) {
        Some(Callback::Running) => {
            deliver(cx, move |cx| {
                call(cx, below, place, run);
            });
            true
        }
        _ => in_callback(cx, |cx| cx.call(custom, place, run)).is_some(),
    }
}

fn has<F: ?Sized>(cx: &Ctx, below: Key, place: fn(&Custom) -> &Callback<F>) -> bool {
    cx.state::<Custom>(Handle::from_key(below))
        .is_some_and(|custom| place(custom).is_set())
}

impl DuplexMethods for Closures {
    fn read(&self, cx: &mut Ctx, stream: Duplex, below: Key, size: usize) {
        if !call(cx, below, |c| &mut c.read, move |f, cx| f(cx, stream, size)) {
            stream.fail(cx, errors::not_implemented("_read()"));
        }
    }

    fn write(&self, cx: &mut Ctx, stream: Duplex, below: Key, chunk: Chunk) {
        if has(cx, below, |c| &c.write) {
            call(
                cx,
                below,
                |c| &mut c.write,
                move |f, cx| f(cx, stream, chunk),
            );
        } else if self.has_writev(cx, below) {
            self.writev(cx, stream, below, vec![chunk]);
        } else {
            stream.written(cx, Err(errors::not_implemented("_write()")));
        }
    }

    fn has_writev(&self, cx: &Ctx, below: Key) -> bool {
        has(cx, below, |c| &c.writev)
    }

    fn writev(&self, cx: &mut Ctx, stream: Duplex, below: Key, chunks: Vec<Chunk>) {
        call(
            cx,
            below,
            |c| &mut c.writev,
            move |f, cx| f(cx, stream, chunks),
        );
    }

    fn has_finalize(&self, cx: &Ctx, below: Key) -> bool {
        has(cx, below, |c| &c.finalize)
    }

    fn finalize(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        call(cx, below, |c| &mut c.finalize, move |f, cx| f(cx, stream));
    }

    fn has_construct(&self, cx: &Ctx, below: Key) -> bool {
        has(cx, below, |c| &c.construct)
    }

    fn construct(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        call(cx, below, |c| &mut c.construct, move |f, cx| f(cx, stream));
    }

    fn destroy(&self, cx: &mut Ctx, stream: Duplex, below: Key, error: Option<Error>) {
        if has(cx, below, |c| &c.destroy) {
            call(
                cx,
                below,
                |c| &mut c.destroy,
                move |f, cx| f(cx, stream, error),
            );
        } else {
            stream.destroyed(cx, error);
        }
    }

    fn release(&self, cx: &mut Ctx, _: Duplex, below: Key) {
        // Whoever closed it before has made an end of it, too.
        let _ = cx.close(below, |_| ());
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom")
            .field("read", &self.read)
            .field("write", &self.write)
            .field("writev", &self.writev)
            .finish_non_exhaustive()
    }
}
