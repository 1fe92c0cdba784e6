//! What the loop knows of a handle type: its name, and whom to call when.

use std::any::{Any, TypeId};
use std::fmt;
use std::marker::PhantomData;

use crate::{Ctx, Key};

/// The state that a type of handle keeps in the loop's table.
///
/// ```
/// use uvox_loop::{Ctx, Key, Kind, State};
///
/// struct Counter { turns: u64 }
///
/// static COUNTER: Kind<Counter> = Kind::new("counter").on_ready(count);
///
/// impl State for Counter {
///     const KIND: &'static Kind<Counter> = &COUNTER;
/// }
///
/// fn count(cx: &mut Ctx, key: Key) {
///     if let Some(counter) = cx.state_mut::<Counter>(key.into()) {
///         counter.turns += 1;
///     }
/// }
/// ```
pub trait State: Any + Sized {
    /// The static that describes this type of handle. For a generic state, which cannot have a static, a constant made in place
    /// does as well, a little more slowly.
    const KIND: &'static Kind<Self>;
}

/// A type of handle, as the loop sees it: libuv's switches over `handle->type`, made open. One `static` for each type of
/// handle; several may share a type of state (see [`Ctx::insert_as`]).
///
/// The functions get the handle's key, and resolve it themselves, each time they need the state.
///
/// A kind of one type is never one of another, not even of one that would do in its place:
///
/// ```compile_fail,E0308
/// # use uvox_loop::Kind;
/// fn pass_off(kind: &'static Kind<for<'a> fn(&'a str)>) -> &'static Kind<fn(&'static str)> {
///     kind
/// }
/// ```
pub struct Kind<T> {
    erased: AnyKind,
    /// Invariant in `T`: a kind made for one type never passes for a kind of another, not even of one that differs in a lifetime only.
    of: PhantomData<fn(T) -> T>,
}

/// What is left of a [`Kind`] when its type is forgotten.
pub(crate) struct AnyKind {
    name: &'static str,
    pub(crate) on_ready: fn(&mut Ctx, Key),
    pub(crate) on_fed: Option<fn(&mut Ctx, Key)>,
    pub(crate) on_stop: fn(&mut Ctx, Key),
    pub(crate) on_close: fn(&mut Ctx, Key),
    /// The type that the kind was made for.
    pub(crate) state: TypeId,
}

impl<T: Any> Kind<T> {
    /// A kind of that name that does nothing yet. `"tcp"` is a good name; it appears in traces and errors.
    pub const fn new(name: &'static str) -> Kind<T> {
        const fn nothing(_: &mut Ctx, _: Key) {}
        Kind {
            erased: AnyKind {
                name,
                on_ready: nothing,
                on_fed: None,
                on_stop: nothing,
                on_close: nothing,
                state: TypeId::of::<T>(),
            },
            of: PhantomData,
        }
    }

    /// `f` runs in the poll phase when the kernel said something of the handle's descriptor, and when the handle was
    /// [put off](Ctx::requeue) in the turn before (libuv: `uv__io_cb`). Never on a closing handle. It may run with nothing to do.
    pub const fn on_ready(mut self, f: fn(&mut Ctx, Key)) -> Kind<T> {
        self.erased.on_ready = f;
        self
    }

    /// `f` runs in the pending and poll phases for a handle that was [fed](Ctx::feed) (libuv: `uv__io_cb` with `POLLOUT` from the pending queue): for a
    /// stream, completions are due, and reading is not. Without this, `on_ready` runs.
    pub const fn on_fed(mut self, f: fn(&mut Ctx, Key)) -> Kind<T> {
        self.erased.on_fed = Some(f);
        self
    }

    /// `f` runs inside [`Ctx::close`], while the descriptor, if there is one, is still registered and open: the place to stop
    /// whatever the handle set going. It must not call user code (libuv: the switch in `uv_close`).
    pub const fn on_stop(mut self, f: fn(&mut Ctx, Key)) -> Kind<T> {
        self.erased.on_stop = f;
        self
    }

    /// `f` runs once (again only if it panics), in the closing phase, before the user's close callback; the state still resolves, the descriptor is
    /// gone. The place to cancel requests, with their callbacks (libuv: the switch in `uv__finish_close`).
    pub const fn on_close(mut self, f: fn(&mut Ctx, Key)) -> Kind<T> {
        self.erased.on_close = f;
        self
    }
}

impl<T> Kind<T> {
    /// The name.
    pub const fn name(&self) -> &'static str {
        self.erased.name
    }

    #[inline]
    pub(crate) const fn erased(&'static self) -> &'static AnyKind {
        &self.erased
    }
}

impl AnyKind {
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> fmt::Debug for Kind<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name())
    }
}

impl fmt::Debug for AnyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyKind({})", self.name)
    }
}
