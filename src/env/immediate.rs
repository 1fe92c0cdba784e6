//! Immediates: callbacks of the next check phase (`setImmediate`, `processImmediate`).

use std::collections::VecDeque;

use uvox_loop::{Check, Ctx, Idle};

use super::environment::{self, Environment};
use super::scope;

type OnImmediate = Box<dyn FnOnce(&mut Ctx)>;

/// One that waits.
struct Waiting {
    number: u64,
    referenced: bool,
    callback: OnImmediate,
}

/// What a loop has of them.
#[derive(Default)]
pub(super) struct Immediates {
    /// In the order of their numbers.
    waiting: VecDeque<Waiting>,
    last: u64,
    /// How many of those that wait keep the loop alive.
    holding: usize,
    handles: Option<Handles>,
}

/// One check handle for all immediates, and an idle handle that keeps the loop from waiting, and from ending, while there is one that it must not end
/// before (`immediate_check_handle`, `immediate_idle_handle`).
#[derive(Clone, Copy)]
struct Handles {
    check: Check,
    idle: Idle,
}

/// An immediate: a name, to clear it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Immediate(u64);

/// Runs `f` in the next check phase, after what the loop polls for now; the ticks are run between two of them (`setImmediate`). One that is made by an
/// immediate waits for the check phase after that. It keeps the loop alive.
pub fn set_immediate(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) + 'static) -> Immediate {
    let immediates = immediates_of(cx);
    immediates.last += 1;
    let number = immediates.last;
    immediates.waiting.push_back(Waiting {
        number,
        referenced: true,
        callback: Box::new(f),
    });
    immediates.holding += 1;
    update(cx);
    Immediate(number)
}

impl Immediate {
    /// Takes it back (`clearImmediate`). One that has run, or was cleared, stays so.
    pub fn clear(self, cx: &mut Ctx) {
        let immediates = immediates_of(cx);
        let cleared = immediates
            .find(self)
            .and_then(|at| immediates.waiting.remove(at));
        if let Some(one) = &cleared {
            immediates.holding -= usize::from(one.referenced);
        }
        update(cx);
        // What it captured may do anything when it is dropped.
        drop(cleared);
    }

    /// Lets it keep the loop alive, as it does at first.
    pub fn ref_(self, cx: &mut Ctx) {
        self.set_referenced(cx, true);
    }

    /// Lets the loop end before it.
    pub fn unref(self, cx: &mut Ctx) {
        self.set_referenced(cx, false);
    }

    /// Whether it waits, and keeps the loop alive.
    pub fn has_ref(self, cx: &Ctx) -> bool {
        environment::look(cx).is_some_and(|Environment { immediates, .. }| {
            let at = immediates.find(self);
            at.is_some_and(|at| immediates.waiting[at].referenced)
        })
    }

    fn set_referenced(self, cx: &mut Ctx, referenced: bool) {
        let immediates = immediates_of(cx);
        if let Some(at) = immediates.find(self) {
            let one = &mut immediates.waiting[at];
            let before = std::mem::replace(&mut one.referenced, referenced);
            immediates.holding -= usize::from(before);
            immediates.holding += usize::from(referenced);
        }
        update(cx);
    }
}

fn immediates_of(cx: &mut Ctx) -> &mut Immediates {
    &mut environment::of(cx).immediates
}

impl Immediates {
    fn find(&self, immediate: Immediate) -> Option<usize> {
        self.waiting
            .binary_search_by_key(&immediate.0, |one| one.number)
            .ok()
    }

    /// Takes the next one out to be run, if it was made no later than `last`.
    fn take_next(&mut self, last: u64) -> Option<OnImmediate> {
        let next = self.waiting.pop_front_if(|one| one.number <= last)?;
        self.holding -= usize::from(next.referenced);
        Some(next.callback)
    }
}

/// Brings the handles into line with what waits.
fn update(cx: &mut Ctx) {
    let immediates = immediates_of(cx);
    let (is_any, holds) = (!immediates.waiting.is_empty(), immediates.holding > 0);
    if immediates.handles.is_none() && !is_any {
        return;
    }
    let handles = immediates.handles;
    let Handles { check, idle } = handles.unwrap_or_else(|| make_handles(cx));
    // They are there until the loop is gone, and what is internal nobody closes. Should the host have done so all the same, there are no
    // immediates any more.
    if is_any != cx.is_active(check) {
        let _ = if is_any {
            check.start(cx, |cx, _| run(cx))
        } else {
            check.stop(cx)
        };
    }
    if holds != cx.is_active(idle) {
        let _ = if holds {
            idle.start(cx, |_, _| ())
        } else {
            idle.stop(cx)
        };
    }
}

fn make_handles(cx: &mut Ctx) -> Handles {
    let handles = Handles {
        check: Check::new(cx),
        idle: Idle::new(cx),
    };
    // They were made just now.
    let _ = cx.set_internal(handles.check);
    let _ = cx.set_internal(handles.idle);
    let _ = cx.unref(handles.check);
    immediates_of(cx).handles = Some(handles);
    handles
}

/// The check phase: runs those that wait now (`processImmediate`).
fn run(cx: &mut Ctx) {
    scope::enter(cx, |cx| {
        let last = immediates_of(cx).last;
        let mut is_first = true;
        while !immediates_of(cx).waiting.is_empty() {
            if !std::mem::take(&mut is_first) {
                scope::between(cx);
            }
            if scope::uncaught(cx).is_some() {
                return;
            }
            let Some(next) = immediates_of(cx).take_next(last) else {
                break;
            };
            next(cx);
        }
    });
    update(cx);
}
