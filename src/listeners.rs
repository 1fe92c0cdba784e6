//! Who listens to an event, in order, and how it comes to them (`EventEmitter`).
//!
//! # When listeners run
//!
//! A call that a user makes is a leaf: no listener runs inside it. Where Node would call listeners from inside such a call, 'data' from an explicit
//! `read()` say, they are called as soon as the callback that made it returns, before the ticks and before the next listener of the event that is
//! going on. What the loop brings about is delivered at once. So a listener is never entered while it runs, and nothing is lost.

mod on_and_once;

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use uvox_loop::{Ctx, Handle, State};

use crate::env;

pub(crate) use on_and_once::on_and_once;

/// The name of a listener, to take it off by. No two of a process have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenerId(u64);

impl ListenerId {
    pub(crate) fn next() -> ListenerId {
        static LAST: AtomicU64 = AtomicU64::new(0);
        ListenerId(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// The listeners of one event, in the order in which they are called. `L` is what each of them is: a boxed `FnMut`, as a rule.
///
/// Those that are called for an event are those that were there when it was emitted: one that is added meanwhile waits for the next time, one
/// that is removed meanwhile is still called. One that is there for once is taken off just before it is called.
pub struct Listeners<L> {
    list: Vec<Rc<Listener<L>>>,
}

/// One of them.
struct Listener<L> {
    tag: Tag,
    /// Absent while it runs.
    call: Cell<Option<L>>,
}

/// What is known of a listener, whatever it does.
pub(crate) struct Tag {
    pub(crate) id: ListenerId,
    once: bool,
    /// One that is there for once has been called, or is about to be.
    spent: Cell<bool>,
}

impl<L> Listeners<L> {
    /// Nobody.
    pub const fn new() -> Listeners<L> {
        Listeners { list: Vec::new() }
    }

    /// Adds one behind the others (`on`).
    pub fn add(&mut self, call: L) -> ListenerId {
        self.insert(self.list.len(), call, false)
    }

    /// Adds one that is called once (`once`).
    pub fn add_once(&mut self, call: L) -> ListenerId {
        self.insert(self.list.len(), call, true)
    }

    /// Adds one before the others (`prependListener`).
    pub fn prepend(&mut self, call: L) -> ListenerId {
        self.insert(0, call, false)
    }

    fn insert(&mut self, at: usize, call: L, once: bool) -> ListenerId {
        let tag = Tag::new(once);
        let id = tag.id;
        let call = Cell::new(Some(call));
        self.list.insert(at, Rc::new(Listener { tag, call }));
        id
    }

    /// Takes one off (`off`). False if it is not there.
    pub fn remove(&mut self, id: ListenerId) -> bool {
        let at = self.list.iter().position(|listener| listener.tag.id == id);
        at.map(|at| self.list.remove(at)).is_some()
    }

    /// How many there are (`listenerCount`).
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Those that are there now, if any are.
    #[inline]
    fn called(&self) -> Option<Called<L>> {
        match &self.list[..] {
            [] => None,
            [only] => Some(Called::One(only.clone())),
            several => Some(Called::Several(several.to_vec())),
        }
    }
}

impl<L> Default for Listeners<L> {
    fn default() -> Listeners<L> {
        Listeners::new()
    }
}

impl<L> fmt::Debug for Listeners<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listeners({})", self.list.len())
    }
}

impl Tag {
    pub(crate) fn new(once: bool) -> Tag {
        Tag {
            id: ListenerId::next(),
            once,
            spent: Cell::new(false),
        }
    }

    /// One that is there for once, and is to be called now: it is taken off first. Nothing if it has been called already.
    #[inline]
    pub(crate) fn claim(&self) -> Claim {
        match self.once {
            false => Claim::Stays,
            true if self.spent.replace(true) => Claim::Spent,
            true => Claim::Once(self.id),
        }
    }
}

impl<L> Listener<L> {
    /// Calls it, as [`in_callback`], and puts it back, even if it panics, before anything is delivered. Nothing if it is running.
    fn run(&self, cx: &mut Ctx, call: impl FnOnce(&mut L, &mut Ctx)) {
        let Some(taken) = self.call.take() else {
            return;
        };
        let mut visit = Visit {
            listener: self,
            call: Some(taken),
        };
        in_callback(cx, move |cx| {
            if let Some(taken) = &mut visit.call {
                call(taken, cx);
            }
            drop(visit);
        });
    }
}

/// What [`Tag::claim`] says.
pub(crate) enum Claim {
    /// It is called each time.
    Stays,
    /// It was there for once, and is to be taken off.
    Once(ListenerId),
    /// It was there for once, and that was it.
    Spent,
}

/// Those who hear of an event that is emitted.
enum Called<L> {
    One(Rc<Listener<L>>),
    Several(Vec<Rc<Listener<L>>>),
}

struct Visit<'a, L> {
    listener: &'a Listener<L>,
    call: Option<L>,
}

impl<L> Drop for Visit<'_, L> {
    fn drop(&mut self) {
        self.listener.call.set(self.call.take());
    }
}

/// Emits an event to the listeners at a place of a handle's state: at once, or, inside of a call or a callback of a user's, as soon as that is over (see
/// [above](self)). False if nobody listens, or the handle is gone.
pub fn emit<T: State, F: ?Sized + 'static>(
    cx: &mut Ctx,
    handle: Handle<T>,
    place: fn(&mut T) -> &mut Listeners<Box<F>>,
    call: impl Fn(&mut F, &mut Ctx) + 'static,
) -> bool {
    let Some(called) = cx.state_mut(handle).and_then(|state| place(state).called()) else {
        return false;
    };
    match is_held(cx) {
        false => run(cx, handle, place, &called, &call),
        true => deliver(cx, move |cx| run(cx, handle, place, &called, &call)),
    }
    true
}

/// The same of something that is lent, and told as it is if that is at once. For what has to wait `keep` makes a call that has all it needs. `held` is what
/// [`enter_held`](env::enter_held) said.
#[inline]
pub(crate) fn emit_lent<T: State, F: ?Sized + 'static, K: Fn(&mut F, &mut Ctx) + 'static>(
    cx: &mut Ctx,
    held: bool,
    handle: Handle<T>,
    place: fn(&mut T) -> &mut Listeners<Box<F>>,
    call: impl Fn(&mut F, &mut Ctx),
    keep: impl FnOnce() -> K,
) {
    let Some(called) = cx.state_mut(handle).and_then(|state| place(state).called()) else {
        return;
    };
    if held {
        let call = keep();
        return deliver(cx, move |cx| run(cx, handle, place, &called, &call));
    }
    run(cx, handle, place, &called, &call);
}

#[inline]
fn run<T: State, F: ?Sized + 'static>(
    cx: &mut Ctx,
    handle: Handle<T>,
    place: fn(&mut T) -> &mut Listeners<Box<F>>,
    called: &Called<Box<F>>,
    call: &impl Fn(&mut F, &mut Ctx),
) {
    match called {
        Called::One(only) => run_one(cx, handle, place, only, call),
        Called::Several(several) => {
            for listener in several {
                run_one(cx, handle, place, listener, call);
            }
        }
    }
}

fn run_one<T: State, F: ?Sized + 'static>(
    cx: &mut Ctx,
    handle: Handle<T>,
    place: fn(&mut T) -> &mut Listeners<Box<F>>,
    listener: &Listener<Box<F>>,
    call: &impl Fn(&mut F, &mut Ctx),
) {
    match listener.tag.claim() {
        Claim::Stays => {}
        Claim::Spent => return,
        Claim::Once(id) => {
            cx.state_mut(handle).map(|state| place(state).remove(id));
        }
    }
    listener.run(cx, |listener, cx| call(listener, cx));
}

type Delivery = Box<dyn FnOnce(&mut Ctx)>;

/// So deep events may be emitted by listeners of events that were emitted by listeners, and still be delivered before anything else. Deeper ones are delivered
/// in the order in which they were emitted, so that the stack does not grow with what users and peers do.
pub const NESTED_DELIVERIES: u32 = 32;

/// What waits until the callback of a user's that runs now is over.
#[derive(Default)]
pub(crate) struct Deferred {
    /// How many callbacks have what they emitted delivered, one in another.
    depth: u32,
    /// How many calls and callbacks of users' are going on, one in another.
    held: u32,
    waiting: VecDeque<Delivery>,
}

impl Deferred {
    /// Whether a call or a callback of a user's is going on.
    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        self.held > 0
    }

    /// Whether no callback of a user's is going on, and nothing waits.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.held == 0 && self.waiting.is_empty()
    }

    /// Whether nothing waits.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// A callback of a user's begins.
    #[inline]
    pub(crate) fn hold(&mut self) {
        self.held += 1;
    }

    /// It is over.
    #[inline]
    pub(crate) fn release(&mut self) {
        self.held -= 1;
    }

    /// Whether there is anything to deliver.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() && self.held == 0
    }
}

#[inline]
fn deferred(cx: &mut Ctx) -> &mut Deferred {
    &mut env::of(cx).deferred
}

/// Whether a call or a callback of a user's is going on, so that no listener may run now.
#[inline]
pub(crate) fn is_held(cx: &mut Ctx) -> bool {
    deferred(cx).is_held()
}

/// Makes a call of a user's a leaf: what it emits is delivered when the callback that made the call is over.
#[inline(always)]
pub(crate) fn leaf<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
    deferred(cx).held += 1;
    let hold = Hold(cx);
    f(hold.0)
}

struct Hold<'a>(&'a mut Ctx);

impl Drop for Hold<'_> {
    #[inline]
    fn drop(&mut self) {
        deferred(self.0).held -= 1;
    }
}

/// Runs a callback of a user's, and then delivers what it brought about, unless it runs inside of another one.
#[inline(always)]
pub(crate) fn in_callback<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
    let deferred = deferred(cx);
    // At the bottom, whoever delivers now goes on with it.
    let delivers = deferred.held == 0 && deferred.depth < NESTED_DELIVERIES;
    deferred.held += 1;
    let mut aside = None;
    if delivers {
        deferred.depth += 1;
        // What waited before must not overtake what this one brings about.
        if !deferred.waiting.is_empty() {
            aside = Some(deferred.set_aside());
        }
    }
    let running = Running {
        cx,
        delivers,
        aside,
    };
    let result = f(running.cx);
    running.end();
    result
}

/// A callback that runs.
struct Running<'a> {
    cx: &'a mut Ctx,
    delivers: bool,
    /// What waited before.
    aside: Option<Box<Aside>>,
}

/// What waited before a callback began. It is rare, so it is in a box.
struct Aside(VecDeque<Delivery>);

impl Deferred {
    #[cold]
    fn set_aside(&mut self) -> Box<Aside> {
        Box::new(Aside(std::mem::take(&mut self.waiting)))
    }
}

impl Running<'_> {
    #[inline(always)]
    fn end(self) {
        let mut running = ManuallyDrop::new(self);
        let (delivers, aside) = (running.delivers, running.aside.take());
        let deferred = deferred(running.cx);
        deferred.held -= 1;
        if !delivers {
            return;
        }
        if deferred.waiting.is_empty() && aside.is_none() {
            deferred.depth -= 1;
        } else {
            let cx = &mut *running.cx;
            Delivering { cx, aside }.run();
        }
    }
}

impl Drop for Running<'_> {
    #[cold]
    fn drop(&mut self) {
        deferred(self.cx).held -= 1;
        if self.delivers {
            let aside = self.aside.take();
            drop(Delivering { cx: self.cx, aside });
        }
    }
}

/// What the callback brought about is delivered; then comes what waited before.
struct Delivering<'a> {
    cx: &'a mut Ctx,
    aside: Option<Box<Aside>>,
}

impl Delivering<'_> {
    #[cold]
    fn run(self) {
        run_waiting(self.cx);
    }
}

impl Drop for Delivering<'_> {
    fn drop(&mut self) {
        let deferred = deferred(self.cx);
        deferred.depth -= 1;
        if let Some(aside) = self.aside.take() {
            // There is something in there only after a panic.
            let rest = std::mem::replace(&mut deferred.waiting, aside.0);
            for next in rest.into_iter().rev() {
                deferred.waiting.push_front(next);
            }
        }
    }
}

/// Delivers what a callback brought about that is just over, before which nothing waited.
pub(crate) fn deliver_all(cx: &mut Ctx) {
    deferred(cx).depth += 1;
    Delivering { cx, aside: None }.run();
}

/// Does `f` now, or as soon as the callback of a user's that is going on is over.
pub(crate) fn deliver(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) + 'static) {
    let deferred = deferred(cx);
    if deferred.held > 0 {
        deferred.waiting.push_back(Box::new(f));
    } else {
        f(cx);
    }
}

/// Delivers what the callback brought about that is just over. The environment does this after each, before the ticks.
#[inline]
pub(crate) fn run_waiting(cx: &mut Ctx) {
    while let Some(next) = deferred(cx).waiting.pop_front() {
        // After an error that nobody caught, nobody is called.
        if !env::is_over(cx) {
            next(cx);
        }
    }
}
