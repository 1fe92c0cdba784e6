//! Sockets for datagrams: how they are made, and who listens to them.

use std::cell::Cell;
use std::rc::Rc;

use uvox::dgram::{BindOptions, Socket, SocketOptions, Type};
use uvox::env;
use uvox::event_loop::Ctx;

use super::{Actor, Part, Play, code, throw_err};
use crate::scenario::{Endpoint, Event};

impl Play {
    /// Finds the port that nobody has, which was somebody's a moment ago; then come the sockets, all of which are there before the first is started.
    pub(super) fn begin_with_datagrams(self: &Rc<Play>, cx: &mut Ctx) {
        let somebody = Socket::new(cx, SocketOptions::udp4());
        let play = self.clone();
        let bound = move |cx: &mut Ctx, somebody: Socket| {
            let address = somebody.address(cx);
            play.nobodys_port.set(address.map_or(0, |found| found.port));
            throw_err(cx, |cx| {
                somebody.close_then(cx, move |cx, _| {
                    play.make_sockets(cx);
                    play.start(cx, 0);
                })
            });
        };
        throw_err(cx, |cx| {
            let to = BindOptions::new().address(loopback(false));
            somebody.bind_then(cx, to, bound)
        });
    }

    fn make_sockets(self: &Rc<Play>, cx: &mut Ctx) {
        for (number, options) in self.scenario.sockets.iter().enumerate() {
            let kind = match options.ipv6 {
                true => Type::Udp6,
                false => Type::Udp4,
            };
            // It is asked how it stands also when it is closed.
            let made = SocketOptions::new(kind)
                .reuse_addr(options.reuse_addr)
                .ipv6_only(options.ipv6_only)
                .keep(true);
            let socket = Socket::new(cx, made);
            self.sockets.borrow_mut().push((socket, None));
            self.listen_to_datagrams(cx, number, socket);
        }
    }

    fn listen_to_datagrams(self: &Rc<Play>, cx: &mut Ctx, number: usize, socket: Socket) {
        let who = self.datagrams(number, socket);
        let play = self.clone();
        socket.on_listening(cx, move |cx, socket| {
            let port = socket.address(cx).ok().map(|address| address.port);
            play.sockets.borrow_mut()[number].1 = port;
            play.note(who.endpoint, Event::Listening.name());
            play.happened(cx, who, Event::Listening);
        });
        let play = self.clone();
        socket.on_message(cx, move |cx, _, bytes, rinfo| {
            let from = play.who_has(rinfo.port());
            play.note(who.endpoint, format!("message {} from {from}", bytes.len()));
            play.happened(cx, who, Event::Message);
        });
        let play = self.clone();
        socket.on_error(cx, move |cx, _, error| {
            play.note(who.endpoint, format!("error {}", code(error)));
            play.happened(cx, who, Event::Error);
        });
        socket.on_connect(cx, self.report_of_datagrams(who, Event::Connect));
        socket.on_close(cx, self.report_of_datagrams(who, Event::Close));
    }

    fn report_of_datagrams(
        self: &Rc<Play>,
        who: Actor,
        event: Event,
    ) -> impl FnMut(&mut Ctx, Socket) + 'static {
        let mut report = self.report(who, event);
        move |cx, _| report(cx, ())
    }

    pub(super) fn datagrams(&self, number: usize, socket: Socket) -> Actor {
        Actor {
            endpoint: Endpoint::Socket(number),
            part: Part::Datagrams(socket),
        }
    }

    /// Who has a port, or had it.
    pub(super) fn who_has(&self, port: u16) -> String {
        let has = |(_, own): &(Socket, Option<u16>)| *own == Some(port);
        match self.sockets.borrow().iter().position(has) {
            Some(number) => Endpoint::Socket(number).to_string(),
            None if port == self.nobodys_port.get() => "nobody".to_owned(),
            None => "somebody".to_owned(),
        }
    }

    /// Starts a socket; the next one when it is bound, or is known not to be.
    fn start(self: &Rc<Play>, cx: &mut Ctx, mut number: usize) {
        loop {
            let found = self.sockets.borrow().get(number).copied();
            let Some((socket, _)) = found.filter(|_| env::uncaught(cx).is_none()) else {
                return;
            };
            let who = self.datagrams(number, socket);
            let options = self.scenario.sockets[number];
            number += 1;
            if options.manual {
                self.happened(cx, who, Event::Start);
                continue;
            }
            let told = Rc::new(Cell::new(false));
            let next = move |play: &Rc<Play>, cx: &mut Ctx| {
                if !told.replace(true) {
                    play.start(cx, number);
                }
            };
            let (play, then) = (self.clone(), next.clone());
            socket.once_listening(cx, move |cx, _| then(&play, cx));
            let (play, then) = (self.clone(), next.clone());
            socket.once_error(cx, move |cx, _, _| then(&play, cx));
            let (play, then) = (self.clone(), next.clone());
            socket.once_close(cx, move |cx, _| then(&play, cx));
            // An action of another one may have been quicker.
            let bound = socket.bind(cx, BindOptions::new().address(loopback(options.ipv6)));
            if let Err(error) = &bound {
                self.note(who.endpoint, format!("throw {}", code(error)));
            }
            self.happened(cx, who, Event::Start);
            if bound.is_err() {
                next(self, cx);
            }
            return;
        }
    }
}

pub(super) fn loopback(ipv6: bool) -> &'static str {
    if ipv6 { "::1" } else { "127.0.0.1" }
}
