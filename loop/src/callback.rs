//! A place for a callback that may be replaced or removed while it runs.

use std::fmt;
use std::mem::ManuallyDrop;

use crate::kind::State;
use crate::{Ctx, Handle};

/// Holds one callback of a handle.
///
/// The state of a handle stays in the loop's table while its callback runs; only the callback leaves. While it is away the
/// place says `Running`, which is not the same as `Unset`: when the callback returns it goes back, unless it was
/// replaced or removed in the meantime. Call it through [`Ctx::call`].
#[derive(Default)]
pub enum Callback<F: ?Sized> {
    /// There is none.
    #[default]
    Unset,
    /// It waits here to be called.
    Set(Box<F>),
    /// It is running, and comes back here.
    Running,
}

impl<F: ?Sized> Callback<F> {
    /// Whether there is one, waiting or running.
    pub fn is_set(&self) -> bool {
        !matches!(self, Callback::Unset)
    }

    /// Takes it out to be called by [`Ctx::call_taken`]: for one who has the state in hand anyway.
    #[inline]
    pub fn take(&mut self) -> Option<Box<F>> {
        if !matches!(self, Callback::Set(_)) {
            return None;
        }
        match std::mem::replace(self, Callback::Running) {
            Callback::Set(callback) => Some(callback),
            _ => None,
        }
    }

    /// Whether it is its place still, of one that was taken out.
    #[inline]
    fn is_running(&self) -> bool {
        matches!(self, Callback::Running)
    }
}

impl<F: ?Sized> fmt::Debug for Callback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Callback::Unset => "Unset",
            Callback::Set(_) => "Set",
            Callback::Running => "Running",
        })
    }
}

/// A callback on its way. If it panics, it is put back nonetheless.
struct Visit<'a, T: State, F: ?Sized, P: Fn(&mut T) -> &mut Callback<F> + Copy> {
    cx: &'a mut Ctx,
    handle: Handle<T>,
    place: P,
    /// There is one until the visit is over, whichever way.
    callback: ManuallyDrop<Option<Box<F>>>,
}

#[inline(always)]
fn put_back<T: State, F: ?Sized>(
    cx: &mut Ctx,
    handle: Handle<T>,
    place: impl Fn(&mut T) -> &mut Callback<F> + Copy,
    callback: Box<F>,
) {
    match cx.table.state_mut(handle).map(place) {
        Some(place) if place.is_running() => {
            // What was there has nothing to be dropped.
            std::mem::forget(std::mem::replace(place, Callback::Set(callback)));
        }
        // Somebody replaced or removed it, or the handle is gone.
        _ => forsake(callback),
    }
}

/// The same after a panic.
#[cold]
#[inline(never)]
fn put_back_late<T: State, F: ?Sized>(
    cx: &mut Ctx,
    handle: Handle<T>,
    place: impl Fn(&mut T) -> &mut Callback<F> + Copy,
    callback: Box<F>,
) {
    put_back(cx, handle, place, callback);
}

/// Drops a callback that has no place any more, out of the way of those that have.
#[cold]
#[inline(never)]
fn forsake<F: ?Sized>(callback: Box<F>) {
    drop(callback);
}

impl<T: State, F: ?Sized, P: Fn(&mut T) -> &mut Callback<F> + Copy> Drop for Visit<'_, T, F, P> {
    // Inlined, but for what it does, which it hardly ever does: so the visit need not be in memory.
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            put_back_late(self.cx, self.handle, self.place, callback);
        }
    }
}

impl Ctx {
    /// Calls a callback that a handle's state holds, with the loop at its disposal, and puts it back.
    ///
    /// `place` says where in the state it stands, `run` calls it. Returns `None` without calling anything if the handle is
    /// gone or has no such callback. A callback that panics is put back before the panic goes on.
    ///
    /// Only the loop's phases may lead here: never call user code from inside an API call.
    #[inline(always)]
    pub fn call<T: State, F: ?Sized, R>(
        &mut self,
        handle: Handle<T>,
        place: impl Fn(&mut T) -> &mut Callback<F> + Copy,
        run: impl FnOnce(&mut F, &mut Ctx) -> R,
    ) -> Option<R> {
        let callback = place(self.table.state_mut(handle)?).take()?;
        self.call_taken(handle, place, callback, run)
    }

    /// The same with a callback that was [taken](Callback::take) out of that place already.
    #[inline(always)]
    pub fn call_taken<T: State, F: ?Sized, R>(
        &mut self,
        handle: Handle<T>,
        place: impl Fn(&mut T) -> &mut Callback<F> + Copy,
        callback: Box<F>,
        run: impl FnOnce(&mut F, &mut Ctx) -> R,
    ) -> Option<R> {
        let mut visit = Visit {
            cx: self,
            handle,
            place,
            callback: ManuallyDrop::new(Some(callback)),
        };
        let result = run(visit.callback.as_mut()?, visit.cx);
        let mut visit = ManuallyDrop::new(visit);
        let Visit {
            cx,
            place,
            callback,
            ..
        } = &mut *visit;
        put_back(cx, handle, *place, callback.take()?);
        Some(result)
    }
}
