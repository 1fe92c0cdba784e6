//! The callback scope, the queue of ticks, and errors that nobody caught (`InternalCallbackScope`, `processTicksAndRejections`).

use std::collections::VecDeque;
use std::fmt;
use std::mem::ManuallyDrop;

use uvox_loop::{Ctx, Key};

use super::environment;
use crate::{Error, listeners};

/// What is done in a tick.
pub(super) enum Tick {
    Once(Box<dyn FnOnce(&mut Ctx)>),
    /// Something of a handle's, which needs nothing set aside: ticks that come with every message are of this sort.
    Of(fn(&mut Ctx, Key), Key),
}

impl Tick {
    fn run(self, cx: &mut Ctx) {
        match self {
            Tick::Once(f) => f(cx),
            Tick::Of(f, key) => f(cx, key),
        }
    }
}

type OnUncaught = Box<dyn FnMut(&mut Ctx, Error)>;

/// What a loop has of this.
#[derive(Default)]
pub(super) struct Scopes {
    /// How many scopes are open, one in another.
    pub(super) depth: u32,
    pub(super) ticks: VecDeque<Tick>,
    hook: Hook,
    /// The error that ended the run.
    fatal: Option<Error>,
}

/// Who hears of errors that nobody caught.
#[derive(Default)]
enum Hook {
    #[default]
    None,
    Set(OnUncaught),
    /// It is running, and comes back here unless another one was set.
    Running,
}

/// Enters user code (`InternalCallbackScope`): every way from the loop to the user leads through here. When the outermost scope ends, the ticks are run, and
/// those that they make, until none is left.
///
/// `None`, and `f` is not run, after an error that nobody caught: the run is over then.
#[inline]
pub fn enter<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> Option<R> {
    enter_held(cx, |cx, _| f(cx))
}

/// The same. `f` is told whether a call or a callback of a user's is going on, so that no listener may run now.
#[inline(always)]
pub(crate) fn enter_held<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx, bool) -> R) -> Option<R> {
    let env = environment::of(cx);
    if env.scopes.is_over() {
        return None;
    }
    let held = env.deferred.is_held();
    env.scopes.depth += 1;
    Some(in_scope(cx, |cx| f(cx, held)))
}

/// Does `f` in the scope that was opened last, closes that, and does what follows.
#[inline(always)]
pub(super) fn in_scope<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
    let scope = Scope(cx);
    let result = f(scope.0);
    if scope.close() == Follows::Ticks {
        run_ticks(cx);
    }
    result
}

impl Scopes {
    /// Whether an error that nobody caught has ended the run.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.fatal.is_some()
    }
}

/// An open scope. If its code panics, it is closed nonetheless.
struct Scope<'a>(&'a mut Ctx);

/// What follows when a scope is closed.
#[derive(PartialEq, Eq)]
enum Follows {
    Nothing,
    /// It was the outermost, and there are ticks, or something that was emitted waits.
    Ticks,
}

impl Scope<'_> {
    #[inline]
    fn close(self) -> Follows {
        let mut scope = ManuallyDrop::new(self);
        let env = environment::of(scope.0);
        env.scopes.depth -= 1;
        match env.scopes.depth == 0 && (!env.scopes.ticks.is_empty() || env.deferred.is_waiting()) {
            true => Follows::Ticks,
            false => Follows::Nothing,
        }
    }
}

impl Drop for Scope<'_> {
    #[cold]
    fn drop(&mut self) {
        environment::of(self.0).scopes.depth -= 1;
    }
}

/// Runs `f` after the callback that runs now, before anything else comes from the loop (`process.nextTick`). Ticks run in the order in which they were made.
///
/// Outside of any callback, before the loop runs say, it waits for the next [`enter`].
pub fn next_tick(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) + 'static) {
    environment::of(cx)
        .scopes
        .ticks
        .push_back(Tick::Once(Box::new(f)));
}

/// The same for what only needs to know whom it is about.
pub(crate) fn next_tick_of(cx: &mut Ctx, key: Key, f: fn(&mut Ctx, Key)) {
    environment::of(cx).scopes.ticks.push_back(Tick::Of(f, key));
}

/// Runs the ticks, if no scope is open.
pub(super) fn run_ticks(cx: &mut Ctx) {
    if environment::of(cx).scopes.depth > 0 {
        return;
    }
    loop {
        let env = environment::of(cx);
        if env.scopes.is_over() {
            return;
        }
        // What the callback that is just over emitted comes before the ticks.
        let next = match env.deferred.is_waiting() {
            true => Some(Tick::Once(Box::new(listeners::run_waiting))),
            false => env.scopes.ticks.pop_front(),
        };
        let Some(next) = next else {
            return;
        };
        env.scopes.depth += 1;
        let scope = Scope(cx);
        next.run(scope.0);
        if scope.close() == Follows::Nothing {
            return;
        }
    }
}

/// Runs the ticks between two callbacks of one scope, such as two immediates (`runNextTicks`).
pub(super) fn between(cx: &mut Ctx) {
    let depth = std::mem::take(&mut environment::of(cx).scopes.depth);
    let reopened = Reopened { cx, depth };
    run_ticks(reopened.cx);
}

struct Reopened<'a> {
    cx: &'a mut Ctx,
    depth: u32,
}

impl Drop for Reopened<'_> {
    fn drop(&mut self) {
        environment::of(self.cx).scopes.depth = self.depth;
    }
}

/// Says what becomes of errors that nobody caught (`process.on('uncaughtException')`). With a hook the run goes on.
pub fn on_uncaught(cx: &mut Ctx, hook: impl FnMut(&mut Ctx, Error) + 'static) {
    environment::of(cx).scopes.hook = Hook::Set(Box::new(hook));
}

/// There is an error, and nobody listens. The hook gets it, if there is one and it is not the hook itself that has the error; without one it ends the run:
/// no other callback is called, and [`Env::run`](super::Env::run) returns it.
///
/// The hook runs when the callback that calls this is over, before the ticks; outside of any callback, at the end of the next [`enter`].
pub fn throw(cx: &mut Ctx, error: Error) {
    match environment::of(cx).scopes.hook {
        // No callback runs inside a call.
        Hook::Set(_) => listeners::leaf(cx, |cx| {
            listeners::deliver(cx, |cx| throw_now(cx, error));
        }),
        Hook::None | Hook::Running => throw_now(cx, error),
    }
}

/// The same of what the loop brought about: the hook runs at once.
pub(crate) fn throw_now(cx: &mut Ctx, error: Error) {
    let scopes = &mut environment::of(cx).scopes;
    match std::mem::replace(&mut scopes.hook, Hook::Running) {
        Hook::Set(hook) => {
            let mut visit = HookVisit {
                cx,
                hook: Some(hook),
            };
            if let Some(hook) = &mut visit.hook {
                hook(visit.cx, error);
            }
        }
        former => {
            scopes.hook = former;
            scopes.fatal.get_or_insert(error);
            cx.stop();
        }
    }
}

/// The hook, while it runs. It goes back even if it panics, unless another one was set.
struct HookVisit<'a> {
    cx: &'a mut Ctx,
    hook: Option<OnUncaught>,
}

impl Drop for HookVisit<'_> {
    fn drop(&mut self) {
        let place = &mut environment::of(self.cx).scopes.hook;
        if matches!(place, Hook::Running)
            && let Some(hook) = self.hook.take()
        {
            *place = Hook::Set(hook);
        }
    }
}

/// Whether an error that nobody caught has ended the run.
#[inline]
pub(crate) fn is_over(cx: &mut Ctx) -> bool {
    environment::of(cx).scopes.is_over()
}

/// The error that ended the run, if one did.
pub fn uncaught(cx: &Ctx) -> Option<&Error> {
    environment::look(cx)?.scopes.fatal.as_ref()
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scopes")
            .field("depth", &self.depth)
            .field("ticks", &self.ticks.len())
            .field("fatal", &self.fatal)
            .finish_non_exhaustive()
    }
}
