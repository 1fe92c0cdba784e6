//! The callback scope, the queue of ticks, and errors that nobody caught (`InternalCallbackScope`, `processTicksAndRejections`).

use std::collections::VecDeque;
use std::fmt;

use uvox_loop::{Ctx, Key};

use crate::{Error, listeners};

/// What is done in a tick.
enum Tick {
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
struct Scopes {
    /// How many scopes are open, one in another.
    depth: u32,
    ticks: VecDeque<Tick>,
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
pub fn enter<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> Option<R> {
    let scopes = cx.slot::<Scopes>();
    if scopes.fatal.is_some() {
        return None;
    }
    scopes.depth += 1;
    let scope = Scope(cx);
    let result = f(scope.0);
    drop(scope);
    run_ticks(cx);
    Some(result)
}

/// An open scope. If its code panics, it is closed nonetheless.
struct Scope<'a>(&'a mut Ctx);

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        self.0.slot::<Scopes>().depth -= 1;
    }
}

/// Runs `f` after the callback that runs now, before anything else comes from the loop (`process.nextTick`). Ticks run in the order in which they were made.
///
/// Outside of any callback, before the loop runs say, it waits for the next [`enter`].
pub fn next_tick(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) + 'static) {
    cx.slot::<Scopes>().ticks.push_back(Tick::Once(Box::new(f)));
}

/// The same for what only needs to know whom it is about.
pub(crate) fn next_tick_of(cx: &mut Ctx, key: Key, f: fn(&mut Ctx, Key)) {
    cx.slot::<Scopes>().ticks.push_back(Tick::Of(f, key));
}

/// Runs the ticks, if no scope is open.
pub(super) fn run_ticks(cx: &mut Ctx) {
    if cx.slot::<Scopes>().depth > 0 {
        return;
    }
    loop {
        let scopes = cx.slot::<Scopes>();
        if scopes.fatal.is_some() {
            return;
        }
        // What the callback that is just over emitted comes before the ticks.
        let next = match listeners::is_waiting(cx) {
            true => Some(Tick::Once(Box::new(listeners::run_waiting))),
            false => cx.slot::<Scopes>().ticks.pop_front(),
        };
        let Some(next) = next else {
            return;
        };
        cx.slot::<Scopes>().depth += 1;
        let scope = Scope(cx);
        next.run(scope.0);
        drop(scope);
    }
}

/// Runs the ticks between two callbacks of one scope, such as two immediates (`runNextTicks`).
pub(super) fn between(cx: &mut Ctx) {
    let depth = std::mem::take(&mut cx.slot::<Scopes>().depth);
    let reopened = Reopened { cx, depth };
    run_ticks(reopened.cx);
}

struct Reopened<'a> {
    cx: &'a mut Ctx,
    depth: u32,
}

impl Drop for Reopened<'_> {
    fn drop(&mut self) {
        self.cx.slot::<Scopes>().depth = self.depth;
    }
}

/// Says what becomes of errors that nobody caught (`process.on('uncaughtException')`). With a hook the run goes on.
pub fn on_uncaught(cx: &mut Ctx, hook: impl FnMut(&mut Ctx, Error) + 'static) {
    cx.slot::<Scopes>().hook = Hook::Set(Box::new(hook));
}

/// There is an error, and nobody listens. The hook gets it, if there is one and it is not the hook itself that has the error; without one it ends the run:
/// no other callback is called, and [`Env::run`](super::Env::run) returns it.
pub fn throw(cx: &mut Ctx, error: Error) {
    let scopes = cx.slot::<Scopes>();
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
        let place = &mut self.cx.slot::<Scopes>().hook;
        if matches!(place, Hook::Running)
            && let Some(hook) = self.hook.take()
        {
            *place = Hook::Set(hook);
        }
    }
}

/// The error that ended the run, if one did.
pub fn uncaught(cx: &Ctx) -> Option<&Error> {
    cx.get_slot::<Scopes>()?.fatal.as_ref()
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
