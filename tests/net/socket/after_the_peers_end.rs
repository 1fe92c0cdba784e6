//! Writes after the peer has ended, of a socket that is not to stay half open.

use uvox::env;
use uvox::net::{self, ConnectOptions, ServerOptions};

use super::common::{as_node_does, outcome, scenario, serve, watch};

#[test]
fn in_the_listener_of_end_and_later() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, { allowHalfOpen: true }, (socket) => { socket.end('x'); socket.resume(); }, (server, port) => {
          const socket = watch('client', net.connect(port, '127.0.0.1')).resume();
          socket.on('end', () => {
            say(socket.write('at once', outcome('at once')));
            process.nextTick(() => process.nextTick(() => say(socket.write('late', outcome('late')))));
          });
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new().allow_half_open(true),
                    |cx, socket| {
                        socket.end_with(cx, "x");
                        socket.resume(cx);
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.resume(cx);
                        socket.on_end(cx, move |cx, socket| {
                            let now = socket.write_then(cx, "at once", outcome(&log, "at once"));
                            log.say(now.to_string());
                            let log = log.clone();
                            env::next_tick(cx, move |cx| {
                                env::next_tick(cx, move |cx| {
                                    let late = socket.write_then(cx, "late", outcome(&log, "late"));
                                    log.say(late.to_string());
                                });
                            });
                        });
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "client end",
                "true",
                "at once ok",
                "false",
                "late EPIPE: This socket has been ended by the other party",
                "client error EPIPE: This socket has been ended by the other party",
                "client close true",
            ],
        );
    });
}

#[test]
fn ended_by_itself_before_the_peer() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => socket.resume(), (server, port) => {
          const socket = watch('client', net.connect(port, '127.0.0.1')).resume();
          socket.end('x');
          socket.on('end', () => say(socket.write('late', outcome('late'))));
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    |cx, socket| {
                        socket.resume(cx);
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.resume(cx);
                        socket.end_with(cx, "x");
                        socket.on_end(cx, move |cx, socket| {
                            let late = socket.write_then(cx, "late", outcome(&log, "late"));
                            log.say(late.to_string());
                        });
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "client finish",
                "client end",
                "false",
                "late EPIPE: This socket has been ended by the other party",
                "client error EPIPE: This socket has been ended by the other party",
                "client close true",
            ],
        );
    });
}
