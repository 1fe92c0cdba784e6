//! Streams in a row (`internal/streams/pipeline`).

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use uvox_loop::Ctx;

use super::destroy::destroy;
use super::duplex::Duplex;
use super::events::{Arg, Event, Place};
use super::finished::{Finished, FinishedOptions, end_of_stream};
use super::hearers::machine;
use super::pipe::pipe;
use super::{errors, writable};
use crate::listeners::{ListenerId, in_callback, leaf};
use crate::{Error, env};

type Callback = Box<dyn FnOnce(&mut Ctx, Result<(), Error>)>;

/// A pipeline, as far as it has come.
struct Pipeline {
    error: RefCell<Option<Error>>,
    /// How many ends are still to come.
    left: Cell<u32>,
    destroys: RefCell<VecDeque<Rc<Destroyer>>>,
    /// What listens to the last stream, which can be read on when all is well.
    last: RefCell<Vec<Finished>>,
    on_errors_of_last: RefCell<Vec<(Duplex, ListenerId)>>,
    callback: Cell<Option<Callback>>,
}

/// What destroys a stream of the pipeline, unless that is over by itself.
struct Destroyer {
    stream: Duplex,
    over: Cell<bool>,
}

/// Pipes each stream into the next, and calls back, in a tick, when all are over, or when one has failed: then all that are not over are destroyed
/// (`pipeline`).
///
/// # Errors
///
/// `ERR_MISSING_ARGS` for fewer than two streams; nobody is called.
pub fn pipeline(
    cx: &mut Ctx,
    streams: &[Duplex],
    callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
) -> Result<(), Error> {
    if streams.len() < 2 {
        return Err(errors::missing_streams());
    }
    let pipeline = Rc::new(Pipeline {
        error: RefCell::default(),
        left: Cell::new(0),
        destroys: RefCell::default(),
        last: RefCell::default(),
        on_errors_of_last: RefCell::default(),
        callback: Cell::new(Some(Box::new(callback))),
    });
    leaf(cx, |cx| {
        let mut before = None;
        for (at, stream) in streams.iter().enumerate() {
            pipeline.add(cx, *stream, before, at + 1 == streams.len());
            before = Some(*stream);
        }
    });
    Ok(())
}

impl Pipeline {
    fn add(self: &Rc<Pipeline>, cx: &mut Ctx, stream: Duplex, before: Option<Duplex>, last: bool) {
        let can_go_on = last && stream.can_be_read(cx) == Some(true);
        let (destroyer, finished) = destroyer(cx, stream, !last, before.is_some());
        self.destroys.borrow_mut().push_back(destroyer);
        let pipeline = self.clone();
        let on_error = machine(move |cx, _, arg| match arg {
            Arg::Error(error) if !is_consequence(error) => pipeline.finish(cx, Some(error)),
            _ => {}
        });
        let id = stream.listen(cx, Event::Error, Place::Behind, on_error);
        if can_go_on {
            self.last.borrow_mut().push(finished);
            self.on_errors_of_last.borrow_mut().push((stream, id));
        }
        let Some(before) = before else {
            return;
        };
        self.left.set(self.left.get() + 2);
        let finished = self.connect(cx, before, stream);
        if can_go_on {
            self.last.borrow_mut().push(finished);
        }
    }

    /// One pipe of it, with an end at either side.
    fn connect(self: &Rc<Pipeline>, cx: &mut Ctx, source: Duplex, target: Duplex) -> Finished {
        let ended = Rc::new(Cell::new(false));
        let (pipeline, is_ended) = (self.clone(), ended.clone());
        let on_close = machine(move |cx, _, _| {
            if !is_ended.get() {
                pipeline.finish(cx, Some(&errors::premature_close()));
            }
        });
        target.listen(cx, Event::Close, Place::Behind, on_close);
        pipe(cx, source, target, false);
        let end = move |cx: &mut Ctx| {
            ended.set(true);
            writable::end(cx, target);
        };
        if source.readable_ended(cx) && source.errored(cx).is_none() {
            env::next_tick(cx, end);
        } else {
            let end = machine(move |cx, _, _| end(cx));
            source.listen(cx, Event::End, Place::Once, end);
        }
        let pipeline = self.clone();
        let of_source = FinishedOptions::new().readable(true).writable(false);
        end_of_stream(cx, source, of_source, move |cx, result| {
            pipeline.source_is_over(cx, source, result.err());
        });
        let pipeline = self.clone();
        let of_target = FinishedOptions::new().readable(false).writable(true);
        end_of_stream(cx, target, of_target, move |cx, result| {
            pipeline.finish(cx, result.err().as_ref());
        })
    }

    /// A source that closes before its end may still end: what it has is read on.
    fn source_is_over(self: &Rc<Pipeline>, cx: &mut Ctx, source: Duplex, error: Option<Error>) {
        let is_early = error
            .as_ref()
            .is_some_and(|error| error.code() == "ERR_STREAM_PREMATURE_CLOSE");
        let goes_on = source.state(cx).is_some_and(|state| {
            let ended = state.readable.as_ref().is_some_and(|r| r.ended);
            ended && state.errored.is_none() && !state.error_emitted
        });
        if !is_early || !goes_on {
            return self.finish(cx, error.as_ref());
        }
        for event in [Event::End, Event::Error] {
            let pipeline = self.clone();
            let hear = machine(move |cx, _, arg| match arg {
                Arg::Error(error) => pipeline.finish(cx, Some(error)),
                _ => pipeline.finish(cx, None),
            });
            source.listen(cx, event, Place::Once, hear);
        }
    }

    /// One end has come.
    fn finish(&self, cx: &mut Ctx, error: Option<&Error>) {
        let left = self.left.get().saturating_sub(1);
        let is_last = self.left.replace(left) == 1;
        if let Some(error) = error {
            let mut first = self.error.borrow_mut();
            // A stream that was cut short says less than what cut it.
            if first
                .as_ref()
                .is_none_or(|first| first.code() == "ERR_STREAM_PREMATURE_CLOSE")
            {
                *first = Some(error.clone());
            }
        }
        let error = self.error.borrow().clone();
        if error.is_none() && !is_last {
            return;
        }
        loop {
            let next = self.destroys.borrow_mut().pop_front();
            let Some(destroyer) = next else { break };
            destroyer.destroy(cx, error.clone());
        }
        if !is_last {
            return;
        }
        if error.is_none() {
            self.let_last_go(cx);
        }
        if let Some(callback) = self.callback.take() {
            let result = error.map_or(Ok(()), Err);
            env::next_tick(cx, move |cx| in_callback(cx, |cx| callback(cx, result)));
        }
    }

    fn let_last_go(&self, cx: &mut Ctx) {
        for finished in self.last.take() {
            finished.clean_up(cx);
        }
        for (stream, id) in self.on_errors_of_last.take() {
            stream.unlisten(cx, Event::Error, id);
        }
    }
}

/// Whether an error only says that another stream has failed.
fn is_consequence(error: &Error) -> bool {
    matches!(error.code(), "ABORT_ERR" | "ERR_STREAM_PREMATURE_CLOSE")
}

fn destroyer(
    cx: &mut Ctx,
    stream: Duplex,
    reading: bool,
    writing: bool,
) -> (Rc<Destroyer>, Finished) {
    let destroyer = Rc::new(Destroyer {
        stream,
        over: Cell::new(false),
    });
    let closing = destroyer.clone();
    let on_close = machine(move |_, _, _| closing.over.set(true));
    stream.listen(cx, Event::Close, Place::Behind, on_close);
    let ending = destroyer.clone();
    let options = FinishedOptions::new().readable(reading).writable(writing);
    let finished = end_of_stream(cx, stream, options, move |_, result| {
        ending.over.set(result.is_ok());
    });
    (destroyer, finished)
}

impl Destroyer {
    fn destroy(&self, cx: &mut Ctx, error: Option<Error>) {
        if self.over.replace(true) || self.stream.is_destroyed(cx) {
            return;
        }
        let error = error.unwrap_or_else(|| errors::destroyed("pipe"));
        destroy(cx, self.stream, Some(error));
    }
}
