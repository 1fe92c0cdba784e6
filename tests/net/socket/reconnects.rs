//! A socket that was closed connects again.

use std::time::Duration;

use uvox::env;
use uvox::net::{self, ConnectOptions, ServerOptions, Socket, SocketOptions};

use super::common::{as_node_does, read, scenario, serve, watch};

#[test]
fn from_the_listener_of_close() {
    scenario(|| {
        as_node_does(
            r"
        serve(2, {}, (socket) => socket.on('error', () => {}).resume().end('hello'), (server, port) => {
          const socket = read('client', watch('client', net.connect(port, '127.0.0.1')));
          socket.once('close', () => {
            say(socket.bytesRead, socket.bytesWritten, socket.readyState, socket.destroyed);
            socket.connect(port, '127.0.0.1');
            say(socket.bytesRead, socket.bytesWritten, socket.readyState, socket.destroyed, socket.write('again', outcome('write')));
          });
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    2,
                    ServerOptions::new(),
                    |cx, socket| {
                        socket.on_error(cx, |_, _, _| ());
                        socket.resume(cx);
                        socket.end_with(cx, "hello");
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options.clone()).unwrap();
                        watch(cx, &log, "client", socket);
                        read(cx, &log, "client", socket);
                        socket.once_close(cx, move |cx, socket, _| {
                            let state = |cx: &_| {
                                format!(
                                    "{} {} {} {}",
                                    socket.bytes_read(cx),
                                    socket.bytes_written(cx),
                                    socket.ready_state(cx),
                                    socket.is_destroyed(cx)
                                )
                            };
                            log.say(state(cx));
                            socket.connect(cx, options).unwrap();
                            let now = state(cx);
                            let outcome = super::common::outcome(&log, "write");
                            let more = socket.write_then(cx, "again", outcome);
                            log.say(format!("{now} {more}"));
                        });
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "client data hello",
                "client end",
                "client finish",
                "client close false",
                "5 0 closed true",
                "0 0 opening false true",
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "write ok",
                "client ready",
                "client data hello",
                "client end",
                "client finish",
                "client close false",
            ],
        );
    });
}

#[test]
fn later_if_it_was_kept_and_with_a_timeout() {
    scenario(|| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = super::common::program(&[], |cx, log| {
            let socket = Socket::new(cx, SocketOptions::new().keep(true)).unwrap();
            watch(cx, log, "client", socket);
            let options = ConnectOptions::port(port).host("127.0.0.1");
            socket.connect(cx, options.clone()).unwrap();
            socket.once_connect(cx, |cx, socket| socket.destroy(cx));
            socket.once_close(cx, move |cx, _, _| {
                // A good while after it is closed.
                env::set_timeout(cx, Duration::from_millis(5), move |cx| {
                    let options = options.timeout(Duration::from_millis(10));
                    socket.connect(cx, options).unwrap();
                    socket.on_timeout(cx, |cx, socket| {
                        if !socket.is_connecting(cx) {
                            socket.destroy(cx);
                        }
                    });
                    socket.once_close(cx, |cx, socket, _| socket.duplex().release(cx));
                });
            });
        });
        let own = said.iter().filter(|line| !line.contains("attempt"));
        let mut own: Vec<_> = own.map(|line| &line["client ".len()..]).collect();
        // On a slow machine it may time out before it is connected, and is told so again then.
        if own[3] == "timeout" {
            own.remove(3);
        }
        let lines = [
            "connect",
            "ready",
            "close false",
            "connect",
            "ready",
            "timeout",
            "close false",
        ];
        assert_eq!(own, lines);
    });
}
