//! A scope that one callback of a user's is all of: what comes with every message.

use std::mem::ManuallyDrop;

use uvox_loop::Ctx;

use super::environment;
use super::scope::in_scope;
use crate::listeners;

/// [`enter`](super::enter) and, in it, [`in_callback`](listeners::in_callback), as one: both are open. If its code panics, they are closed nonetheless.
pub(crate) struct Callback<'a>(&'a mut Ctx);

impl<'a> Callback<'a> {
    /// Opens both, or neither, if anything is going on, or waits, that has to be looked after.
    #[inline(always)]
    pub(crate) fn open(cx: &'a mut Ctx) -> Option<Callback<'a>> {
        let env = environment::of(cx);
        if env.scopes.is_over() || !env.deferred.is_quiet() {
            return None;
        }
        env.scopes.depth += 1;
        env.deferred.hold();
        Some(Callback(cx))
    }

    /// The loop, to call the user.
    #[inline(always)]
    pub(crate) fn cx(&mut self) -> &mut Ctx {
        self.0
    }

    /// Whether what the user did left nothing to be delivered, and no ticks, so that nothing has to follow.
    #[inline(always)]
    pub(crate) fn is_all(&mut self) -> bool {
        let env = environment::of(self.0);
        // Not one after the other: that would be a branch for each.
        env.scopes.ticks.is_empty() & env.deferred.is_empty()
    }

    /// Closes both, and nothing follows.
    #[inline(always)]
    pub(crate) fn close(self) {
        let mut callback = ManuallyDrop::new(self);
        close(callback.0);
    }

    /// What the user did is delivered; then `f` is done, and then come the ticks.
    #[cold]
    pub(crate) fn finish(self, f: impl FnOnce(&mut Ctx)) {
        let mut callback = ManuallyDrop::new(self);
        let cx = &mut *callback.0;
        environment::of(cx).deferred.release();
        in_scope(cx, |cx| {
            listeners::deliver_all(cx);
            f(cx);
        });
    }
}

impl Drop for Callback<'_> {
    #[cold]
    fn drop(&mut self) {
        close(self.0);
    }
}

#[inline(always)]
fn close(cx: &mut Ctx) {
    let env = environment::of(cx);
    env.deferred.release();
    env.scopes.depth -= 1;
}
