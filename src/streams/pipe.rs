//! One stream piped into another (`Readable.prototype.pipe`).

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use uvox_loop::Ctx;

use super::destroy::error_or_destroy;
use super::duplex::Duplex;
use super::events::{Arg, Event, Place};
use super::hearers::machine;
use super::lent::Lent;
use super::readable::{self, Awaited};
use super::{errors, writable};
use crate::listeners::{ListenerId, leaf};
use crate::{Error, env};

/// A pipe from one stream to another.
pub(super) struct Pipe {
    source: Duplex,
    target: Duplex,
    /// Whom it listens to.
    listeners: RefCell<Vec<(Duplex, Event, ListenerId)>>,
    on_error: Cell<Option<ListenerId>>,
    /// Whether it listens to 'drain', as it does from the first time on that it has to wait.
    on_drain: Cell<bool>,
    over: Cell<bool>,
}

impl Duplex {
    /// Lets data flow from here to `target`, as fast as that takes it, and ends that when this one ends (`pipe`). When `target` fails, finishes or closes, it is
    /// unpiped; nothing is destroyed. `target`, for the next pipe.
    pub fn pipe(self, cx: &mut Ctx, target: Duplex) -> Duplex {
        leaf(cx, |cx| pipe(cx, self, target, true));
        target
    }

    /// The same, but `target` is not ended (`pipe` with `end: false`).
    pub fn pipe_without_end(self, cx: &mut Ctx, target: Duplex) -> Duplex {
        leaf(cx, |cx| pipe(cx, self, target, false));
        target
    }

    /// Unpipes that stream from this one, or, with `None`, all (`unpipe`). If none is left, this one is paused.
    pub fn unpipe(self, cx: &mut Ctx, target: impl Into<Option<Duplex>>) {
        let target = target.into();
        leaf(cx, |cx| unpipe(cx, self, target));
    }
}

pub(super) fn pipe(cx: &mut Ctx, source: Duplex, target: Duplex, ends: bool) {
    let Some(r) = source.readable_half(cx) else {
        return error_or_destroy(cx, source, errors::cannot_pipe(), false);
    };
    let pipe = Rc::new(Pipe {
        source,
        target,
        listeners: RefCell::default(),
        on_error: Cell::new(None),
        on_drain: Cell::new(false),
        over: Cell::new(false),
    });
    let piping = r.piping();
    if piping.pipes.len() == 1 && !matches!(piping.awaited, Awaited::Set(_)) {
        piping.awaited = match &piping.awaited {
            Awaited::One(one) => Awaited::Set(vec![*one]),
            _ => Awaited::Set(Vec::new()),
        };
    }
    piping.pipes.push(pipe.clone());
    let ended = r.end_emitted;
    let at_end = |pipe: &Pipe, cx: &mut Ctx| writable::end(cx, pipe.target);
    let at_end: fn(&Pipe, &mut Ctx) = if ends { at_end } else { Pipe::unpipe };
    if ended {
        let pipe = pipe.clone();
        env::next_tick(cx, move |cx| at_end(&pipe, cx));
    } else {
        pipe.listen(cx, source, Event::End, Place::Once, move |pipe, cx, _| {
            at_end(pipe, cx);
        });
    }
    pipe.listen(cx, source, Event::Data, Place::Behind, |pipe, cx, arg| {
        if let Arg::Data(lent) = arg {
            pipe.on_data(cx, lent);
        }
    });
    let on_error = pipe.listen(cx, target, Event::Error, Place::Before, |pipe, cx, arg| {
        if let Arg::Error(error) = arg {
            pipe.on_error(cx, error);
        }
    });
    pipe.on_error.set(Some(on_error));
    for event in [Event::Close, Event::Finish] {
        pipe.listen(cx, target, event, Place::Once, |pipe, cx, _| {
            pipe.unpipe(cx)
        });
    }
    target.emit(cx, Event::Pipe, Arg::Stream(source));
    if target.writable_need_drain(cx) {
        pipe.pause(cx);
    } else if source.readable_half(cx).is_some_and(|r| !r.is_flowing()) {
        readable::resume(cx, source);
    }
}

fn unpipe(cx: &mut Ctx, source: Duplex, target: Option<Duplex>) {
    let Some(r) = source.readable_half(cx) else {
        return;
    };
    let pipes = &mut r.piping().pipes;
    let removed: Vec<_> = match target {
        None => std::mem::take(pipes),
        Some(target) => {
            let at = pipes.iter().position(|pipe| pipe.target == target);
            at.map(|at| pipes.remove(at)).into_iter().collect()
        }
    };
    if removed.is_empty() {
        return;
    }
    if pipes.is_empty() {
        readable::pause(cx, source);
    }
    for pipe in removed {
        pipe.clean_up(cx);
        pipe.target.emit(cx, Event::Unpipe, Arg::Stream(source));
    }
}

impl Pipe {
    fn listen(
        self: &Rc<Pipe>,
        cx: &mut Ctx,
        on: Duplex,
        event: Event,
        how: Place,
        f: impl Fn(&Rc<Pipe>, &mut Ctx, &Arg<'_>) + 'static,
    ) -> ListenerId {
        let pipe = self.clone();
        let hear = machine(move |cx, _, arg| f(&pipe, cx, arg));
        let id = on.listen(cx, event, how, hear);
        self.listeners.borrow_mut().push((on, event, id));
        id
    }

    fn unpipe(&self, cx: &mut Ctx) {
        unpipe(cx, self.source, Some(self.target));
    }

    fn on_data(self: &Rc<Pipe>, cx: &mut Ctx, lent: &Lent<'_>) {
        if !writable::write_lent(cx, self.target, lent) {
            self.pause(cx);
        }
    }

    /// The target has had enough.
    fn pause(self: &Rc<Pipe>, cx: &mut Ctx) {
        if !self.over.get()
            && let Some(r) = self.source.readable_half(cx)
        {
            let piping = r.piping();
            match &mut piping.awaited {
                awaited if piping.pipes.len() == 1 => *awaited = Awaited::One(self.target),
                Awaited::Set(set) if !set.contains(&self.target) => set.push(self.target),
                _ => {}
            }
            readable::pause(cx, self.source);
        }
        if !self.on_drain.replace(true) {
            self.listen(
                cx,
                self.target,
                Event::Drain,
                Place::Behind,
                |pipe, cx, _| {
                    pipe.on_drain(cx);
                },
            );
        }
    }

    fn on_drain(&self, cx: &mut Ctx) {
        let Some(r) = self.source.readable_half(cx) else {
            return;
        };
        let awaited = &mut r.piping().awaited;
        match awaited {
            Awaited::One(one) if *one == self.target => *awaited = Awaited::Nobody,
            Awaited::Set(set) => set.retain(|one| *one != self.target),
            _ => {}
        }
        if awaited.is_empty() && r.data_listening {
            readable::resume(cx, self.source);
        }
    }

    /// The target has failed. Whether that ends anything else is not for the pipe to say, so that what nobody listens to stays an error that nobody caught.
    fn on_error(&self, cx: &mut Ctx, error: &Error) {
        self.unpipe(cx);
        if let Some(id) = self.on_error.take() {
            self.target.unlisten(cx, Event::Error, id);
        }
        if !self.target.has_listeners(cx, Event::Error) {
            let told = self
                .target
                .state(cx)
                .is_none_or(|state| state.error_emitted);
            match told {
                true => {
                    self.target.emit(cx, Event::Error, Arg::Error(error));
                }
                false => error_or_destroy(cx, self.target, error.clone(), false),
            }
        }
    }

    fn clean_up(&self, cx: &mut Ctx) {
        if self.over.replace(true) {
            return;
        }
        for (stream, event, id) in self.listeners.take() {
            stream.unlisten(cx, event, id);
        }
        // If the source waits for this very target, it would wait for ever.
        let waits = self
            .source
            .readable_half(cx)
            .is_some_and(|r| r.piping().awaited != Awaited::Nobody);
        if self.on_drain.get() && waits && writable::needs_drain(cx, self.target) {
            self.on_drain(cx);
        }
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipe({:?} to {:?})", self.source, self.target)
    }
}
