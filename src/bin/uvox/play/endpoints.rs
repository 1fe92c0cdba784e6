//! The server, its clients and peers: how they are made, and who listens to them.

use std::rc::Rc;

use tempfile::TempDir;
use uvox::Error;
use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{
    Address, ConnectOptions, ListenOptions, Server, ServerOptions, Socket, SocketOptions,
};

use super::{Actor, Part, Play, code, throw_err};
use crate::interrupt;
use crate::scenario::{Endpoint, Event};

const HOST: &str = "127.0.0.1";

impl Play {
    /// Makes the server. When it listens, the clients are started.
    pub(super) fn serve(self: &Rc<Play>, cx: &mut Ctx) {
        let options = &self.scenario.server;
        let made = ServerOptions::new()
            .allow_half_open(options.allow_half_open)
            .pause_on_connect(options.pause_on_connect)
            .keep(true);
        let server = Server::new(cx, made);
        self.server.set(Some(server));
        if let Some(most) = options.max_connections {
            server.set_max_connections(cx, usize::try_from(most).ok());
        }
        self.listen_to_server(cx, server);
        let play = self.clone();
        let started = move |cx: &mut Ctx, _| {
            for (number, client) in play.scenario.clients.iter().enumerate() {
                if !client.manual && env::uncaught(cx).is_none() {
                    play.connect(cx, number);
                }
            }
        };
        throw_err(cx, |cx| {
            let options = self.listen_options()?;
            server.listen_then(cx, options, started)
        });
    }

    fn listen_options(&self) -> Result<ListenOptions, Error> {
        if !self.scenario.path {
            return Ok(ListenOptions::port(0).host(HOST));
        }
        let directory = TempDir::with_prefix("uvox-scenario-").map_err(Error::other)?;
        interrupt::removes(directory.path().to_owned());
        let path = directory.path().join("socket");
        *self.directory.borrow_mut() = Some(directory);
        Ok(ListenOptions::path(path))
    }

    fn listen_to_server(self: &Rc<Play>, cx: &mut Ctx, server: Server) {
        let who = Actor {
            endpoint: Endpoint::Server,
            part: Part::Server,
        };
        let play = self.clone();
        server.on_connection(cx, move |cx, _, socket| play.accepted(cx, socket));
        server.on_listening(cx, self.report(who, Event::Listening));
        let play = self.clone();
        server.on_drop(cx, move |cx, _, _| {
            play.note(who.endpoint, Event::Drop.name());
            play.happened(cx, who, Event::Drop);
        });
        server.on_close(cx, self.report(who, Event::Close));
        let play = self.clone();
        server.on_error(cx, move |_, _, error| {
            play.note(who.endpoint, format!("error {}", code(error)));
        });
    }

    /// A listener of an event that comes with nothing.
    pub(super) fn report<T>(
        self: &Rc<Play>,
        who: Actor,
        event: Event,
    ) -> impl FnMut(&mut Ctx, T) + 'static {
        let play = self.clone();
        move |cx, _| {
            play.note(who.endpoint, event.name());
            play.happened(cx, who, event);
        }
    }

    fn accepted(self: &Rc<Play>, cx: &mut Ctx, socket: Socket) {
        let number = self.peers.get();
        self.peers.set(number + 1);
        let who = Actor {
            endpoint: Endpoint::Peer(number),
            part: Part::Stream(socket),
        };
        // It is asked how it stands also when it is closed.
        socket.set_keep(cx, true);
        self.listen_to_socket(cx, who, socket, self.scenario.server.no_data);
        self.note(Endpoint::Server, Event::Connection.name());
        self.happened(cx, who, Event::Connection);
    }

    /// Makes a client, and connects it.
    pub(super) fn connect(self: &Rc<Play>, cx: &mut Ctx, number: usize) {
        let client = self.scenario.client(number);
        let options = SocketOptions::new()
            .allow_half_open(client.allow_half_open)
            .keep(true);
        throw_err(cx, |cx| {
            let socket = Socket::new(cx, options)?;
            let who = Actor {
                endpoint: Endpoint::Client(number),
                part: Part::Stream(socket),
            };
            self.listen_to_socket(cx, who, socket, client.no_data);
            let to = match client.to_nobody {
                true => ConnectOptions::port(self.nobodys_port.get()).host(HOST),
                false => self.where_the_server_is(cx)?,
            };
            socket.connect(cx, to)?;
            self.happened(cx, who, Event::Start);
            Ok(())
        });
    }

    /// A server that is closed has no address, and on Node it is a mistake to ask for the port of none, or to connect to none.
    fn where_the_server_is(&self, cx: &mut Ctx) -> Result<ConnectOptions, Error> {
        let server = self.server.get();
        match server.and_then(|server| server.address(cx)) {
            Some(Address::Ip(address)) => Ok(ConnectOptions::port(address.port).host(HOST)),
            Some(Address::Path(path)) => Ok(ConnectOptions::path(path)),
            None if self.scenario.path => Err(Error::new("ERR_MISSING_ARGS", "there is no server")),
            None => Err(Error::new("TypeError", "there is no server")),
        }
    }

    fn listen_to_socket(self: &Rc<Play>, cx: &mut Ctx, who: Actor, socket: Socket, silent: bool) {
        socket.on_connect(cx, self.report(who, Event::Connect));
        socket.on_ready(cx, self.report(who, Event::Ready));
        socket.on_end(cx, self.report(who, Event::End));
        socket.on_finish(cx, self.report(who, Event::Finish));
        socket.on_drain(cx, self.report(who, Event::Drain));
        socket.on_timeout(cx, self.report(who, Event::Timeout));
        let play = self.clone();
        socket.on_error(cx, move |cx, _, error| {
            play.note(who.endpoint, format!("error {}", code(error)));
            play.happened(cx, who, Event::Error);
        });
        let play = self.clone();
        socket.on_close(cx, move |cx, _, failed| {
            play.note(who.endpoint, format!("close {failed}"));
            play.happened(cx, who, Event::Close);
        });
        if silent {
            return;
        }
        let play = self.clone();
        socket.on_data(cx, move |cx, _, chunk| {
            play.trace.borrow_mut().data(who.endpoint, chunk.len());
            play.happened(cx, who, Event::Data);
        });
    }
}
