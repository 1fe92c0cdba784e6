//! What a script can do.

use std::rc::Rc;
use std::time::Duration;

use uvox::Error;
use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::Socket;

use super::{Actor, Part, Play, outcome, throw_err};
use crate::scenario::{Action, Actions, Endpoint};

impl Play {
    /// Does one after the other, until one goes wrong that nobody catches.
    pub(super) fn run(self: &Rc<Play>, cx: &mut Ctx, who: Actor, actions: &Actions) {
        for action in actions.iter() {
            if env::uncaught(cx).is_some() {
                return;
            }
            match (who.part, action) {
                (Part::Datagrams(socket), Action::Datagram(action)) => {
                    self.act_on_datagrams(cx, who.endpoint, socket, action);
                }
                _ if self.act(cx, who, action) => {}
                (Part::Stream(socket), _) => self.act_on_socket(cx, who.endpoint, socket, action),
                _ => {} // the parser lets no server do what needs a socket
            }
        }
    }

    /// Does what needs no socket; whether it was that.
    fn act(self: &Rc<Play>, cx: &mut Ctx, who: Actor, action: &Action) -> bool {
        let play = self.clone();
        match action {
            Action::Connect(number) => play.connect(cx, *number),
            Action::CloseServer => {
                if let Some(server) = self.server.get() {
                    server.close_then(cx, move |_, result| {
                        play.note(Endpoint::Server, format!("close-cb {}", outcome(&result)));
                    });
                }
            }
            Action::Connections => {
                if let Some(server) = self.server.get() {
                    server.get_connections(cx, move |_, result| {
                        let count = result.as_ref().copied().unwrap_or(0);
                        let line = format!("connections {} {count}", outcome(&result));
                        play.note(Endpoint::Server, line);
                    });
                }
            }
            Action::After(ms, then) => {
                let then = then.clone();
                let time = Duration::from_millis(u64::from(*ms));
                env::set_timeout(cx, time, move |cx| play.run(cx, who, &then));
            }
            Action::Tick(then) => {
                let then = then.clone();
                env::next_tick(cx, move |cx| {
                    play.note(who.endpoint, "tick");
                    play.run(cx, who, &then);
                });
            }
            Action::Immediate(then) => {
                let then = then.clone();
                env::set_immediate(cx, move |cx| {
                    play.note(who.endpoint, "immediate");
                    play.run(cx, who, &then);
                });
            }
            _ => return false,
        }
        true
    }

    fn act_on_socket(
        self: &Rc<Play>,
        cx: &mut Ctx,
        own: Endpoint,
        socket: Socket,
        action: &Action,
    ) {
        match action {
            Action::Write(length) => {
                let told = self.tell(own, "write-cb");
                let more = socket.write_then(cx, letters(*length), told);
                self.note(own, format!("write {length} {more}"));
            }
            Action::End(length) => {
                match length {
                    0 => socket.end(cx),
                    _ => socket.end_with(cx, letters(*length)),
                }
                self.note(own, "end-call");
            }
            Action::EndThen => {
                let told = self.tell(own, "end-cb");
                socket.end_then(cx, None, told);
                self.note(own, "end-call");
            }
            Action::Destroy => socket.destroy(cx),
            Action::DestroyWithError => socket.destroy_with(cx, Error::new("EBOOM", "boom")),
            Action::DestroySoon => socket.destroy_soon(cx),
            Action::Reset => throw_err(cx, |cx| socket.reset_and_destroy(cx)),
            Action::Pause => socket.pause(cx),
            Action::Resume => socket.resume(cx),
            Action::Cork => socket.cork(cx),
            Action::Uncork => socket.uncork(cx),
            Action::Echo => drop(socket.pipe(cx, socket.duplex())),
            Action::Timeout(ms) => socket.set_timeout(cx, Duration::from_millis(u64::from(*ms))),
            Action::State => self.note(own, state(cx, socket)),
            _ => {} // what needs no socket was done before
        }
    }

    /// A callback that writes down how something ended.
    fn tell(
        self: &Rc<Play>,
        own: Endpoint,
        what: &'static str,
    ) -> impl FnOnce(&mut Ctx, Result<(), Error>) + 'static {
        let play = self.clone();
        move |_, result| play.note(own, format!("{what} {}", outcome(&result)))
    }
}

fn state(cx: &Ctx, socket: Socket) -> String {
    format!(
        "state {} connecting={} destroyed={} readable={} writable={} queued={} read={} written={}",
        socket.ready_state(cx),
        socket.is_connecting(cx),
        socket.is_destroyed(cx),
        socket.is_readable(cx),
        socket.is_writable(cx),
        socket.writable_length(cx),
        socket.bytes_read(cx),
        socket.bytes_written(cx),
    )
}

pub(super) fn letters(length: usize) -> Vec<u8> {
    vec![b'a'; length]
}
