//! 'close' comes when a server does not listen and its last connection is gone; the callback of `close` is one of its listeners.

use uvox::net::{self, ListenOptions, ServerOptions};

use super::common::{as_node, client, loopback, program, scenario, server, turns_later};

#[test]
fn of_a_server_that_never_listened() {
    let code = "
        const server = watch(net.createServer());
        server.close((e) => say(`first ${e && text(e)}`));
        server.close((e) => say(`second ${e && text(e)}`));
    ";
    let not = "ERR_SERVER_NOT_RUNNING|Server is not running.|-|-|-";
    let (first, second) = (format!("first {not}"), format!("second {not}"));
    as_node(&["close", &first, &second, "close"], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        for what in ["first", "second"] {
            let note = log.clone();
            server.close_then(cx, move |_, result| note.error(what, &result.unwrap_err()));
        }
    });
}

#[test]
fn closed_twice() {
    let code = "
        const server = watch(net.createServer()).listen(0);
        server.on('listening', () => {
          server.close((e) => say(`first ${e}`));
          server.close((e) => say(`second ${e.code}`));
          say(server.listening);
        });
    ";
    let lines = [
        "listening",
        "false",
        "close",
        "first undefined",
        "second ERR_SERVER_NOT_RUNNING",
        "close",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, ListenOptions::port(0)).unwrap();
        server.on_listening(cx, move |cx, server| {
            let note = log.clone();
            server.close_then(cx, move |_, result| {
                result.unwrap();
                note.say("first undefined");
            });
            let note = log.clone();
            server.close_then(cx, move |_, result| {
                note.say(format!("second {}", result.unwrap_err().code()));
            });
            log.say(server.is_listening(cx));
        });
    });
}

/// The server is closed before it has been told that it listens: it is not told.
#[test]
fn closed_at_once() {
    let code = "
        const server = watch(net.createServer());
        server.listen(0);
        server.close((e) => say(`closed ${e}`));
    ";
    as_node(&["close", "closed undefined"], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, ListenOptions::port(0)).unwrap();
        server.close_then(cx, move |_, result| {
            result.unwrap();
            log.say("closed undefined");
        });
    });
}

#[test]
fn connections_go_on() {
    let code = "
        const server = watch(net.createServer()).listen(0, '127.0.0.1');
        server.on('connection', (socket) => {
          server.close();
          say(server.listening);
          socket.on('end', () => say('end'));
          socket.on('close', () => say('socket close'));
          socket.resume();
          server.getConnections((e, n) => say(`${e} ${n}`));
          setImmediate(() => socket.write('still here'));
        });
        server.on('listening', () => {
          const client = net.connect(server.address().port, '127.0.0.1');
          client.on('data', (d) => { say(d); client.end(); });
        });
    ";
    let lines = [
        "listening",
        "connection",
        "false",
        "null 1",
        "still here",
        "end",
        "close",
        "socket close",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, loopback()).unwrap();
        let note = log.clone();
        server.on_connection(cx, move |cx, server, socket| {
            server.close(cx);
            note.say(server.is_listening(cx));
            let ends = note.clone();
            socket.on_end(cx, move |_, _| ends.say("end"));
            let closes = note.clone();
            socket.on_close(cx, move |_, _, _| closes.say("socket close"));
            socket.resume(cx);
            let count = note.clone();
            server.get_connections(cx, move |_, found| {
                count.say(format!("null {}", found.unwrap()));
            });
            uvox::env::set_immediate(cx, move |cx| {
                socket.write(cx, "still here");
            });
        });
        server.on_listening(cx, move |cx, server| {
            let socket = client(cx, server);
            let note = log.clone();
            socket.on_data(cx, move |cx, _, chunk| {
                note.say(String::from_utf8_lossy(chunk.as_bytes()));
                socket.end(cx);
            });
        });
    });
}

/// It is closed by its listener of each event in turn, and listens again in that of 'close'.
#[test]
fn in_every_listener() {
    let code = "
        const server = watch(net.createServer());
        let client;
        server.maxConnections = 1;
        let round = 0;
        const listen = () => { round += 1; say(`round ${round}`); server.listen(round === 4 ? 1 : 0, round === 4 ? '192.0.2.1' : '127.0.0.1'); };
        const close = (mine) => (socket) => {
          if (socket && socket.on) { socket.on('error', () => {}); socket.resume(); }
          if (mine === round) { server.close(); if (client) client.destroy(); client = null; }
        };
        server.on('listening', close(1));
        server.on('connection', close(2));
        server.on('drop', close(3));
        server.on('error', close(4));
        server.on('listening', () => {
          if (!server.listening) return;
          client = net.connect(server.address().port, '127.0.0.1').on('error', () => {});
          if (round === 3) net.connect(server.address().port, '127.0.0.1').on('error', () => {}).resume();
        });
        server.on('close', () => { if (round < 4) listen(); else if (round++ === 4) server.close(() => say('last')); });
        listen();
    ";
    let lines = [
        "round 1",
        "listening",
        "close",
        "round 2",
        "listening",
        "connection",
        "close",
        "round 3",
        "listening",
        "connection",
        "drop",
        "close",
        "round 4",
        "error EADDRNOTAVAIL|listen EADDRNOTAVAIL: address not available 192.0.2.1:1|listen|192.0.2.1|1",
        "close",
        "close",
        "last",
    ];
    as_node(&lines, code, in_every_listener::run);
}

mod in_every_listener {
    use std::cell::Cell;
    use std::rc::Rc;

    use uvox::event_loop::Ctx;
    use uvox::net::{ListenOptions, Server, Socket};

    use super::super::common::{Log, client, server};

    #[derive(Clone)]
    struct Play {
        round: Rc<Cell<u32>>,
        client: Rc<Cell<Option<Socket>>>,
        log: Log,
    }

    impl Play {
        fn listen(&self, cx: &mut Ctx, server: Server) {
            self.round.set(self.round.get() + 1);
            self.log.say(format!("round {}", self.round.get()));
            let options = match self.round.get() {
                4 => ListenOptions::port(1).host("192.0.2.1"),
                _ => ListenOptions::port(0).host("127.0.0.1"),
            };
            server.listen(cx, options).unwrap();
        }

        fn close(&self, cx: &mut Ctx, server: Server, mine: u32) {
            if mine == self.round.get() {
                server.close(cx);
                if let Some(client) = self.client.take() {
                    client.destroy(cx);
                }
            }
        }
    }

    pub(super) fn run(cx: &mut Ctx, log: Log) {
        let server = server(cx);
        log.watch(cx, server);
        server.set_max_connections(cx, Some(1));
        let play = Play {
            round: Rc::default(),
            client: Rc::default(),
            log,
        };
        let own = play.clone();
        server.on_listening(cx, move |cx, server| own.close(cx, server, 1));
        let own = play.clone();
        server.on_connection(cx, move |cx, server, socket| {
            socket.on_error(cx, |_, _, _| ());
            socket.resume(cx);
            own.close(cx, server, 2);
        });
        let own = play.clone();
        server.on_drop(cx, move |cx, server, _| own.close(cx, server, 3));
        let own = play.clone();
        server.on_error(cx, move |cx, server, _| own.close(cx, server, 4));
        let own = play.clone();
        server.on_listening(cx, move |cx, server| {
            if server.is_listening(cx) {
                own.client.set(Some(client(cx, server)));
                if own.round.get() == 3 {
                    client(cx, server);
                }
            }
        });
        let own = play.clone();
        server.on_close(cx, move |cx, server| match own.round.get() {
            1..4 => own.listen(cx, server),
            4 => {
                own.round.set(5);
                let note = own.log.clone();
                server.close_then(cx, move |_, _| note.say("last"));
            }
            _ => {}
        });
        play.listen(cx, server);
    }
}

/// Once it has been told that it is closed, a server is gone in the next closing phase; one that is kept is there until it is released.
#[test]
fn then_it_is_gone() {
    scenario(|| {
        let said = program(|cx, log| {
            let gone = server(cx);
            gone.listen(cx, loopback()).unwrap();
            gone.on_listening(cx, |cx, server| server.close(cx));
            let kept = net::Server::new(cx, ServerOptions::new().keep(true));
            kept.listen(cx, loopback()).unwrap();
            kept.once_listening(cx, |cx, server| server.close(cx));
            kept.once_close(cx, move |cx, _| {
                let later = move |cx: &mut uvox::event_loop::Ctx| {
                    let error = gone.listen(cx, loopback()).unwrap_err();
                    log.say(error.code());
                    let again = log.clone();
                    let listening = move |cx: &mut _, server: net::Server| {
                        again.say("again");
                        server.release(cx);
                        assert_eq!(
                            server.listen(cx, loopback()).unwrap_err().code(),
                            "ERR_SERVER_NOT_RUNNING"
                        );
                    };
                    kept.listen_then(cx, loopback(), listening).unwrap();
                };
                turns_later(cx, later);
            });
        });
        assert_eq!(said, ["ERR_SERVER_NOT_RUNNING", "again"]);
    });
}
