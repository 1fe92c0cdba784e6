//! A pipe within the kernel, as far as it has come.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_stream::node::{HandleWrap, PipeEnd, PipeOptions, Piped, StreamPipe};

use super::state::Socket;
use crate::listeners::ListenerId;
use crate::streams::{Duplex, Event, Place, machine, premature_close};
use crate::{Error, env, listeners};

pub(super) type Callback = Box<dyn FnOnce(&mut Ctx, Result<Piped, Error>)>;

/// The places of a socket's two [flows](Flows), and of the two sockets of a flow.
pub(super) const SOURCE: usize = 0;
pub(super) const TARGET: usize = 1;

/// What flows from a socket, and what flows to it.
pub(super) type Flows = [Option<Rc<Flow>>; 2];

/// A pipe, as far as it has come.
pub(super) struct Flow {
    sockets: [Socket; 2],
    options: PipeOptions,
    stage: Cell<Stage>,
    /// What waited in the source when it began.
    before: Cell<u64>,
    /// The source had nothing more to come when it began.
    at_end: Cell<bool>,
    /// Which of the two has been destroyed, and the first reason of either.
    gone: [Cell<bool>; 2],
    error: RefCell<Option<Error>>,
    /// How much had gone through when the timeout of either was looked at.
    seen: [Cell<u64>; 2],
    /// They keep errors from being ones that nobody caught.
    on_errors: RefCell<Vec<(Duplex, ListenerId)>>,
    callback: Cell<Option<Callback>>,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Connections, or what goes first.
    Waiting,
    Running(StreamPipe),
    Over,
}

/// Begins, from the first of the sockets to the second.
pub(super) fn begin(cx: &mut Ctx, sockets: [Socket; 2], options: PipeOptions, callback: Callback) {
    let [source, target] = sockets;
    let flow = Rc::new(Flow {
        sockets,
        options,
        stage: Cell::new(Stage::Waiting),
        before: Cell::new(0),
        at_end: Cell::new(false),
        gone: Default::default(),
        error: RefCell::default(),
        seen: Default::default(),
        on_errors: RefCell::default(),
        callback: Cell::new(Some(callback)),
    });
    emit!(Net, "socket.pipe" @ source.handle, target = target.handle.key().to_string());
    for (place, socket) in sockets.into_iter().enumerate() {
        if let Some(more) = socket.more(cx) {
            more.flows[place] = Some(flow.clone());
        }
        let heard = machine(|_, _, _| ());
        let id = socket.duplex.listen(cx, Event::Error, Place::Behind, heard);
        flow.on_errors.borrow_mut().push((socket.duplex, id));
    }
    if let Some(wrap) = source.wrap(cx) {
        // One that is not read stays so.
        let _ = wrap.stream_base().read_stop(cx);
    }
    flow.advance(cx);
}

impl Flow {
    /// The pipe below, while there is one.
    pub(super) fn pipe(&self) -> Option<StreamPipe> {
        match self.stage.get() {
            Stage::Running(pipe) => Some(pipe),
            Stage::Waiting | Stage::Over => None,
        }
    }

    /// Whether anything went through since one of the two asked last.
    pub(super) fn has_moved(&self, cx: &Ctx, place: usize) -> bool {
        let now = self.pipe().and_then(|pipe| pipe.bytes(cx)).unwrap_or(0);
        self.seen[place].replace(now) != now
    }

    fn is_waiting(&self) -> bool {
        matches!(self.stage.get(), Stage::Waiting)
    }

    /// Goes on, if both are connected; otherwise when they are.
    fn advance(self: &Rc<Flow>, cx: &mut Ctx) {
        if !self.is_waiting() {
            return;
        }
        for socket in self.sockets {
            if socket.is_pending(cx) {
                let flow = self.clone();
                return socket.once_connected(cx, move |cx| flow.advance(cx));
            }
        }
        self.send_what_waits(cx);
    }

    /// What was read before goes first, in the target's own order.
    fn send_what_waits(self: &Rc<Flow>, cx: &mut Ctx) {
        let [source, target] = self.sockets;
        let (mut waiting, at_end) = source.duplex.take_waiting(cx);
        self.at_end.set(at_end);
        let bytes = waiting.iter().map(|bytes| bytes.len() as u64).sum();
        self.before.set(bytes);
        let last = match waiting.pop() {
            Some(last) => last,
            None if target.duplex.writable_buffered_bytes(cx) == 0 => return self.run(cx),
            // What is in the target's own buffer goes first, too.
            None => Default::default(),
        };
        for bytes in waiting {
            target.duplex.write(cx, bytes);
        }
        let flow = self.clone();
        target.duplex.write_then(cx, last, move |cx, written| {
            match written {
                Ok(()) if flow.is_waiting() => flow.run(cx),
                // Of one that failed, its end tells.
                _ => {}
            }
        });
    }

    /// All that goes first has gone.
    fn run(self: &Rc<Flow>, cx: &mut Ctx) {
        if self.at_end.get() {
            let flow = self.clone();
            return env::next_tick(cx, move |cx| {
                if flow.is_waiting() {
                    flow.end(cx, flow.before.get());
                }
            });
        }
        let flow = self.clone();
        let begun = match self.sockets.map(|socket| socket.wrap(cx)) {
            [Some(from), Some(to)] => {
                let (from, to) = (from.stream_base(), to.stream_base());
                let options = PipeOptions {
                    // The socket is ended, and not what lies below it.
                    end: false,
                    ..self.options
                };
                StreamPipe::new(cx, from, to, options, move |cx, _, piped| {
                    flow.on_unpipe(cx, piped);
                })
            }
            _ => Err(Errno::ENOTCONN),
        };
        let started = begun.and_then(|pipe| {
            self.stage.set(Stage::Running(pipe));
            pipe.start(cx)
        });
        for socket in self.sockets {
            socket.refresh_timeout(cx);
        }
        if let Err(errno) = started {
            self.fail(cx, SOURCE, Error::system(errno, "read"));
        }
    }

    /// The pipe below is over.
    fn on_unpipe(self: &Rc<Flow>, cx: &mut Ctx, piped: Piped) {
        let bytes = piped.bytes + self.before.get();
        let source = self.sockets[SOURCE].handle;
        let _cause = emit!(Net, "socket.unpiped" @ source, bytes = bytes).map(trace::cause);
        env::enter(cx, |cx| match piped.end {
            PipeEnd::Eof => self.end(cx, bytes),
            PipeEnd::Unpiped => self.tell(cx, Ok(Piped { bytes, ..piped })),
            // It was destroyed, then.
            PipeEnd::Source(_) => self.fail_as_said(cx, SOURCE),
            PipeEnd::Sink(_) if self.gone[TARGET].get() => self.fail_as_said(cx, TARGET),
            PipeEnd::Sink(errno) => self.fail(cx, TARGET, Error::system(errno, "write")),
        });
    }

    /// The source has come to its end, and the target has got all.
    fn end(self: &Rc<Flow>, cx: &mut Ctx, bytes: u64) {
        self.release(cx);
        let target = self.sockets[TARGET].duplex;
        let end = PipeEnd::Eof;
        let piped = Piped { end, bytes };
        if let Some(error) = self.error.take() {
            return self.tell(cx, Err(error));
        }
        let is_over = self.gone[TARGET].get() || target.writable_finished(cx);
        if is_over || !self.options.end {
            return self.tell(cx, Ok(piped));
        }
        let flow = self.clone();
        target.end_then(cx, None, move |cx, ended| {
            flow.tell(cx, ended.map(|()| piped));
        });
    }

    /// By the user's wish.
    pub(super) fn unpipe(&self, cx: &mut Ctx) {
        let waited = self.is_waiting();
        self.release(cx);
        read_as_before(cx, self.sockets[SOURCE]);
        if waited {
            let end = PipeEnd::Unpiped;
            let bytes = self.before.get();
            self.tell(cx, Ok(Piped { end, bytes }));
        }
    }

    /// One of the two is destroyed, for that reason. What goes through the pipe below is told by that.
    pub(super) fn is_left(&self, cx: &mut Ctx, place: usize, error: Option<&Error>) {
        self.gone[place].set(true);
        let has_ended = self.sockets[SOURCE].duplex.readable_ended(cx) || self.at_end.get();
        if place == SOURCE && has_ended {
            return;
        }
        if let Some(error) = error {
            self.error.borrow_mut().get_or_insert(error.clone());
        }
        if self.is_waiting() {
            self.fail_as_said(cx, place);
        }
    }

    fn fail_as_said(&self, cx: &mut Ctx, place: usize) {
        let said = self.error.take();
        self.fail(cx, place, said.unwrap_or_else(premature_close));
    }

    /// One of the two has failed, and so does the other.
    fn fail(&self, cx: &mut Ctx, place: usize, error: Error) {
        self.release(cx);
        let [source, target] = self.sockets;
        if !self.gone[TARGET].get() && (place == TARGET || self.options.end) {
            target.destroy_with(cx, error.clone());
        }
        if !self.gone[SOURCE].get() && !source.duplex.readable_ended(cx) {
            source.destroy_with(cx, error.clone());
        }
        self.tell(cx, Err(error));
    }

    /// Takes the pipe from both sockets.
    fn release(&self, cx: &mut Ctx) {
        let pipe = self.pipe();
        self.stage.set(Stage::Over);
        for (place, socket) in self.sockets.into_iter().enumerate() {
            // One that was destroyed may be piped anew.
            let own = socket.flows(cx)[place].as_deref();
            if own.is_some_and(|own| std::ptr::eq(own, self))
                && let Some(more) = socket.more(cx)
            {
                more.flows[place] = None;
            }
        }
        if let Some(pipe) = pipe {
            pipe.unpipe(cx);
        }
    }

    /// Calls back, in a tick.
    fn tell(&self, cx: &mut Ctx, result: Result<Piped, Error>) {
        for (stream, id) in self.on_errors.take() {
            if !stream.is_destroyed(cx) {
                stream.unlisten(cx, Event::Error, id);
                continue;
            }
            let closed = machine(move |cx, stream, _| {
                stream.unlisten(cx, Event::Error, id);
            });
            stream.listen(cx, Event::Close, Place::Once, closed);
        }
        if let Some(callback) = self.callback.take() {
            env::next_tick(cx, move |cx| {
                listeners::in_callback(cx, |cx| callback(cx, result));
            });
        }
    }
}

/// The source goes on as if it had not been piped.
fn read_as_before(cx: &mut Ctx, source: Socket) {
    let Some(wrap) = source.wrap(cx) else {
        return;
    };
    let base = wrap.stream_base();
    // It may be read already, or have come to its end.
    let _ = match source.is_fed(cx) {
        true => base.read_start(cx),
        false => base.read_stop(cx),
    };
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [source, target] = self.sockets;
        write!(f, "Flow({source:?} to {target:?})")
    }
}
