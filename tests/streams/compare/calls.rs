//! The calls that a script makes.

use std::rc::Rc;

use uvox::Error;
use uvox::event_loop::Ctx;
use uvox::streams::{Chunk, Duplex, Encoding, FinishedOptions, Lent, finished, pipeline};

use super::player::{Player, code, error, message, show};

impl Player {
    pub(super) fn run(self: &Rc<Player>, cx: &mut Ctx, text: &str) {
        let results = &self.shared.results;
        let at = results.borrow().len();
        results.borrow_mut().push(text.to_owned());
        let (call, argument) = match text.split_once(' ') {
            Some((call, argument)) => (call, Some(argument)),
            None => (text, None),
        };
        let (peer, verb) = match call.split_once('.') {
            Some((peer, verb)) => (self.shared.peer(peer), verb),
            None => (self.clone(), call),
        };
        let result = peer.act(cx, verb, argument);
        let result = result.unwrap_or_else(|| "-".into());
        results.borrow_mut()[at] = format!("{text} = {result}");
    }

    fn act(self: &Rc<Player>, cx: &mut Ctx, verb: &str, argument: Option<&str>) -> Option<String> {
        let stream = self.stream.get().unwrap();
        let n = argument.and_then(|argument| argument.parse().ok());
        let payload = || self.payload(n.unwrap_or(0));
        match verb {
            "push" => return Some(stream.push(cx, payload()).to_string()),
            "eof" => stream.push_eof(cx),
            "unshift" => return Some(stream.unshift(cx, payload()).to_string()),
            "read" => return stream.read(cx, n).as_ref().map(Chunk::lend).map(show),
            "readall" => {
                let mut all = Vec::new();
                while let Some(chunk) = stream.read(cx, None) {
                    all.push(show(chunk.lend()));
                }
                return Some(all.join(","));
            }
            "pause" => stream.pause(cx),
            "resume" => stream.resume(cx),
            "on" | "once" => self.add(cx, stream, verb, argument.unwrap()),
            "off" => self.remove(cx, stream, argument.unwrap()),
            "write" => {
                let (chunk, told) = (payload(), self.told("written"));
                return Some(stream.write_then(cx, chunk, told).to_string());
            }
            "writeq" => return Some(stream.write(cx, payload()).to_string()),
            "cork" => stream.cork(cx),
            "uncork" => stream.uncork(cx),
            "end" => stream.end(cx),
            "endcb" => stream.end_then(cx, None, self.told("ended")),
            "endwith" => stream.end_with(cx, payload()),
            "destroy" => stream.destroy(cx, argument.map(error)),
            "ack" | "nack" => {
                let act = self.waiting.borrow_mut().pop_front();
                if let Some(act) = act {
                    act(cx, (verb == "nack").then(|| error("nack")));
                }
            }
            "enc" => {
                let encoding: Encoding = argument.unwrap().parse().unwrap();
                stream.set_encoding(cx, encoding);
            }
            "state" => return Some(self.state(cx, stream)),
            _ => self.act_with_others(cx, verb, argument),
        }
        None
    }

    /// What concerns several streams, or their ends.
    fn act_with_others(self: &Rc<Player>, cx: &mut Ctx, verb: &str, argument: Option<&str>) {
        let stream = self.stream.get().unwrap();
        match verb {
            "pipe" => {
                stream.pipe(cx, self.peer(argument));
            }
            "pipen" => {
                stream.pipe_without_end(cx, self.peer(argument));
            }
            "unpipe" => {
                let target = argument.map(|_| self.peer(argument));
                stream.unpipe(cx, target);
            }
            "finished" => {
                let options = FinishedOptions::new();
                let options = match argument {
                    Some("r") => options.writable(false),
                    Some("w") => options.readable(false),
                    Some("noerr") => options.error(false),
                    _ => options,
                };
                let told = self.told("finished");
                finished(cx, stream, options, told);
            }
            "pipeline" => {
                let names = argument.unwrap().split(',');
                let streams: Vec<_> = names.map(|name| self.peer(Some(name))).collect();
                let told = self.told("pipeline");
                pipeline(cx, &streams, told).unwrap();
            }
            other => panic!("no such call: {other}"),
        }
    }

    fn peer(&self, name: Option<&str>) -> Duplex {
        self.shared.peer(name.unwrap()).stream.get().unwrap()
    }

    fn told(
        self: &Rc<Player>,
        what: &'static str,
    ) -> impl FnOnce(&mut Ctx, Result<(), Error>) + 'static {
        self.number.set(self.number.get() + 1);
        let (p, own) = (self.clone(), self.number.get());
        move |_, result| p.log(format!("{what} {own}{}", code(result.err().as_ref())))
    }

    fn add(self: &Rc<Player>, cx: &mut Ctx, stream: Duplex, how: &str, event: &str) {
        let p = self.clone();
        let on_data = move |cx: &mut Ctx, _: Duplex, chunk: &Lent<'_>| {
            p.log(format!("data {}", show(*chunk)));
            p.react(cx, "data");
        };
        let p = self.clone();
        let on_readable = move |cx: &mut Ctx, _: Duplex| {
            p.log("readable");
            p.react(cx, "readable");
        };
        let id = match (event, how) {
            ("data", "on") => stream.on_data(cx, on_data),
            ("data", _) => stream.once_data(cx, on_data),
            (_, "on") => stream.on_readable(cx, on_readable),
            (_, _) => stream.once_readable(cx, on_readable),
        };
        self.listeners.borrow_mut().push((event.to_owned(), id));
    }

    /// As `off` with a function that may have been added several times: the last one that is there goes.
    fn remove(&self, cx: &mut Ctx, stream: Duplex, event: &str) {
        let mut listeners = self.listeners.borrow_mut();
        while let Some(at) = listeners.iter().rposition(|(of, _)| of == event) {
            let (_, id) = listeners.remove(at);
            if stream.off(cx, id) {
                return;
            }
        }
    }

    fn state(&self, cx: &Ctx, stream: Duplex) -> String {
        let has_readable = !self.is("kind", "writable");
        let has_writable = !self.is("kind", "readable");
        let half = |has: bool, what: String| if has { what } else { "-".into() };
        let flowing = stream.readable_flowing(cx);
        let flowing = flowing.map_or("null".to_owned(), |flowing| flowing.to_string());
        let errored = stream.errored(cx).map_or("null".to_owned(), message);
        [
            half(has_readable, stream.readable_length(cx).to_string()),
            half(has_readable, flowing),
            half(has_readable, stream.readable_ended(cx).to_string()),
            half(has_readable, stream.is_paused(cx).to_string()),
            half(has_readable, stream.is_readable(cx).to_string()),
            half(has_writable, stream.writable_length(cx).to_string()),
            half(has_writable, stream.writable_need_drain(cx).to_string()),
            half(has_writable, stream.writable_ended(cx).to_string()),
            half(has_writable, stream.writable_finished(cx).to_string()),
            half(has_writable, stream.writable_corked(cx).to_string()),
            half(has_writable, stream.is_writable(cx).to_string()),
            stream.is_destroyed(cx).to_string(),
            stream.is_closed(cx).to_string(),
            errored,
        ]
        .join(" ")
    }
}
