//! One stream of a script: how it is made, what lies below it, and who listens.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use uvox::Error;
use uvox::env;
use uvox::event_loop::Ctx;
use uvox::listeners::ListenerId;
use uvox::streams::{Chunk, Custom, Duplex, Encoding, Lent, Options};

use super::script::Shared;

pub(super) type Act = Box<dyn FnOnce(&mut Ctx, Option<Error>)>;

/// When something is told to the stream.
#[derive(Clone, Copy)]
enum When {
    Sync,
    Tick,
    Later,
    Held,
}

pub(super) struct Player {
    pub(super) shared: Rc<Shared>,
    own: String,
    set: HashMap<String, String>,
    pub(super) waiting: RefCell<VecDeque<Act>>,
    reactions: RefCell<Vec<Reaction>>,
    pub(super) listeners: RefCell<Vec<(String, ListenerId)>>,
    pub(super) stream: Cell<Option<Duplex>>,
    counter: Cell<usize>,
    pushes: Cell<i64>,
    writes: Cell<usize>,
    pub(super) number: Cell<u32>,
}

#[derive(Clone)]
struct Reaction {
    event: String,
    left: u32,
    act: String,
    id: usize,
}
impl Player {
    pub(super) fn new(shared: Rc<Shared>, own: String, set: HashMap<String, String>) -> Player {
        let number = |key: &str| set.get(key).map_or(0, |value| value.parse().unwrap());
        let reactions = set.get("react").map_or("", String::as_str);
        let reactions = reactions.split('+').filter(|one| !one.is_empty());
        let reactions = reactions.enumerate().map(|(id, one)| {
            let parts: Vec<_> = one.split('@').collect();
            Reaction {
                event: parts[0].to_owned(),
                left: parts[1].parse().unwrap(),
                act: parts[2].replace('_', " "),
                id,
            }
        });
        Player {
            shared,
            own,
            waiting: RefCell::default(),
            reactions: RefCell::new(reactions.collect()),
            listeners: RefCell::default(),
            stream: Cell::new(None),
            counter: Cell::new(0),
            pushes: Cell::new(number("pushes")),
            writes: Cell::new(0),
            number: Cell::new(0),
            set,
        }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.set.get(key).map(String::as_str)
    }

    pub(super) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    fn count(&self, key: &str, default: usize) -> usize {
        self.get(key)
            .map_or(default, |value| value.parse().unwrap())
    }

    pub(super) fn log(&self, what: impl Into<String>) {
        let what: String = what.into();
        let line = match &*self.own {
            "" => what,
            own => format!("{own}: {what}"),
        };
        // What comes after the end is not looked at, in either place.
        if !self.shared.over.get() {
            self.shared.events.borrow_mut().push(line);
        }
    }

    pub(super) fn payload(&self, len: usize) -> Chunk {
        let pattern = "aé☃😀z".as_bytes();
        let from = self.counter.replace(self.counter.get() + len);
        let bytes: Vec<u8> = (from..from + len)
            .map(|at| pattern[at % pattern.len()])
            .collect();
        bytes.into()
    }

    fn when(&self, cx: &mut Ctx, key: &str, act: impl FnOnce(&mut Ctx, Option<Error>) + 'static) {
        let when = match self.get(key) {
            Some("sync") => When::Sync,
            Some("tick") => When::Tick,
            Some("later") => When::Later,
            _ => When::Held,
        };
        match when {
            When::Sync => act(cx, None),
            When::Tick => env::next_tick(cx, |cx| act(cx, None)),
            When::Later => drop(env::set_immediate(cx, |cx| act(cx, None))),
            When::Held => self.waiting.borrow_mut().push_back(Box::new(act)),
        }
    }

    pub(super) fn make(self: &Rc<Player>, cx: &mut Ctx) {
        let mut options = Options::new()
            .allow_half_open(!self.is("half", "0"))
            .auto_destroy(!self.is("auto", "0"))
            .emit_close(!self.is("close", "0"))
            .readable(!self.is("readable", "0"))
            .writable(!self.is("writable", "0"))
            .readable_high_water_mark(self.count("rhwm", 16384))
            .writable_high_water_mark(self.count("whwm", 16384))
            .keep(true);
        if let Some(encoding) = self.get("enc") {
            options = options.encoding(encoding.parse().unwrap());
        }
        let custom = self.custom();
        let stream = match self.get("kind") {
            Some("readable") => custom.readable(cx, &options),
            Some("writable") => custom.writable(cx, &options),
            _ => custom.duplex(cx, &options),
        };
        self.stream.set(Some(stream));
        self.listen(cx, stream);
    }

    fn custom(self: &Rc<Player>) -> Custom {
        let p = self.clone();
        let mut custom = Custom::new().read(move |cx, stream, _| p.on_read(cx, stream));
        let p = self.clone();
        custom = custom.write(move |cx, stream, chunk| {
            p.log(format!("_write {}", show(chunk.lend())));
            p.answer_write(cx, stream);
        });
        if self.is("writev", "1") {
            let p = self.clone();
            custom = custom.writev(move |cx, stream, chunks| {
                let chunks: Vec<_> = chunks.iter().map(Chunk::lend).map(show).collect();
                p.log(format!("_writev {}", chunks.join(",")));
                p.answer_write(cx, stream);
            });
        }
        if self.get("final").is_some() {
            let p = self.clone();
            custom = custom.finalize(move |cx, stream| {
                p.log("_final");
                match p.is("final", "fail") {
                    true => stream.finalized(cx, Err(error("final failed"))),
                    false => p.when(cx, "final", move |cx, _| stream.finalized(cx, Ok(()))),
                }
            });
        }
        if self.get("construct").is_some() {
            let p = self.clone();
            custom = custom.construct(move |cx, stream| {
                p.log("_construct");
                match p.is("construct", "fail") {
                    true => stream.constructed(cx, Err(error("not constructed"))),
                    false => p.when(cx, "construct", move |cx, _| stream.constructed(cx, Ok(()))),
                }
            });
        }
        if self.get("destroy").is_some() {
            let p = self.clone();
            custom = custom.destroy(move |cx, stream, reason| {
                p.log(format!("_destroy{}", code(reason.as_ref())));
                match p.is("destroy", "fail") {
                    true => stream.destroyed(cx, Some(error("destroy failed"))),
                    false => p.when(cx, "destroy", move |cx, _| stream.destroyed(cx, reason)),
                }
            });
        }
        custom
    }

    fn on_read(self: &Rc<Player>, cx: &mut Ctx, stream: Duplex) {
        if !self.is("quiet", "1") {
            self.log("_read");
        }
        if self.get("read").is_none_or(|mode| mode == "none") {
            return;
        }
        let p = self.clone();
        self.when(cx, "read", move |cx, _| {
            let left = p.pushes.replace(p.pushes.get() - 1);
            if left > 0 {
                let chunk = p.payload(p.count("size", 3));
                stream.push(cx, chunk);
            } else if left == 0 {
                stream.push_eof(cx);
            }
        });
    }

    fn answer_write(&self, cx: &mut Ctx, stream: Duplex) {
        self.writes.set(self.writes.get() + 1);
        let failing = self.writes.get() == self.count("failat", 0);
        self.when(cx, "write", move |cx, nack| {
            let failure = nack.or_else(|| failing.then(|| error("failed")));
            stream.written(cx, failure.map_or(Ok(()), Err));
        });
    }

    fn listen(self: &Rc<Player>, cx: &mut Ctx, stream: Duplex) {
        let seen = |name: &'static str| {
            let p = self.clone();
            move |cx: &mut Ctx, _: Duplex| {
                p.log(name);
                p.react(cx, name);
            }
        };
        stream.on_end(cx, seen("end"));
        stream.on_finish(cx, seen("finish"));
        stream.on_prefinish(cx, seen("prefinish"));
        stream.on_drain(cx, seen("drain"));
        stream.on_pause(cx, seen("pause"));
        stream.on_resume(cx, seen("resume"));
        stream.on_close(cx, seen("close"));
        let p = self.clone();
        stream.on_pipe(cx, move |_, _, _| p.log("pipe"));
        let p = self.clone();
        stream.on_unpipe(cx, move |_, _, _| p.log("unpipe"));
        let p = self.clone();
        stream.on_error(cx, move |cx, _, error| {
            p.log(format!("error{}", code(Some(error))));
            p.react(cx, "error");
        });
    }

    pub(super) fn react(self: &Rc<Player>, cx: &mut Ctx, event: &str) {
        let all = self.reactions.borrow().clone();
        for one in all {
            if one.event != event || !self.is_due(one.id) {
                continue;
            }
            if one.act != "readall" {
                self.reactions
                    .borrow_mut()
                    .retain(|other| other.id != one.id);
            }
            self.run(cx, &one.act);
        }
    }

    /// Counts down; due at nought, and from then on.
    fn is_due(&self, id: usize) -> bool {
        let mut reactions = self.reactions.borrow_mut();
        let one = reactions.iter_mut().find(|one| one.id == id).unwrap();
        one.left = one.left.saturating_sub(1);
        one.left == 0
    }
}

pub(super) fn show(lent: Lent<'_>) -> String {
    match lent.as_text() {
        None => Encoding::Hex.decode(lent.as_bytes()),
        Some(text) => format!("t:{text}"),
    }
}

pub(super) fn error(message: &str) -> Error {
    Error::new("", message.to_owned())
}

pub(super) fn message(error: &Error) -> String {
    match error.code() {
        "" => error.to_string(),
        code => code.to_owned(),
    }
}

pub(super) fn code(error: Option<&Error>) -> String {
    error.map_or(String::new(), |error| format!(" {}", message(error)))
}
