//! A connection, from 'connect' to 'close', at both of its ends.

use uvox::net::{ConnectOptions, ServerOptions};

use super::common::{as_node_does, read, scenario, serve, watch};

#[test]
fn a_request_and_its_reply() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => {
          read('server', watch('server', socket)).once('data', () => socket.end('reply'));
        }, (server, port) => {
          server.on('close', () => say('server closed'));
          const socket = read('client', watch('client', net.connect(port, '127.0.0.1', () => say('callback'))));
          socket.write('request');
        });
        ",
            |cx, log| {
                let (ours, theirs) = (log.clone(), log.clone());
                serve(
                    cx,
                    log,
                    1,
                    ServerOptions::new(),
                    move |cx, socket| {
                        watch(cx, &theirs, "server", socket);
                        read(cx, &theirs, "server", socket);
                        socket.once_data(cx, |cx, socket, _| socket.end_with(cx, "reply"));
                    },
                    move |cx, server, port| {
                        let log = ours.clone();
                        server.on_close(cx, move |_, _| log.say("server closed"));
                        let socket = uvox::net::Socket::new(cx, Default::default()).unwrap();
                        let log = ours.clone();
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        socket
                            .connect_then(cx, options, move |_, _| log.say("callback"))
                            .unwrap();
                        watch(cx, &ours, "client", socket);
                        read(cx, &ours, "client", socket);
                        socket.write(cx, "request");
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "callback",
                "client connect",
                "client ready",
                "server data request",
                "server finish",
                "client data reply",
                "client end",
                "client finish",
                "client close false",
                "server end",
                "server closed",
                "server close false",
            ],
        );
    });
}

#[test]
fn the_client_ends_first_and_the_server_answers_half_open() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, { allowHalfOpen: true }, (socket) => {
          read('server', watch('server', socket));
          socket.on('end', () => { socket.write('still'); socket.end('there', outcome('ended')); });
        }, (server, port) => {
          const socket = read('client', watch('client', net.connect(port, '127.0.0.1')));
          socket.end('request', outcome('client ended'));
        });
        ",
            |cx, log| {
                let (ours, theirs) = (log.clone(), log.clone());
                serve(
                    cx,
                    log,
                    1,
                    ServerOptions::new().allow_half_open(true),
                    move |cx, socket| {
                        watch(cx, &theirs, "server", socket);
                        read(cx, &theirs, "server", socket);
                        let log = theirs.clone();
                        socket.on_end(cx, move |cx, socket| {
                            socket.write(cx, "still");
                            let ended = super::common::outcome(&log, "ended");
                            socket.end_then(cx, Some("there".into()), ended);
                        });
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = uvox::net::connect(cx, options).unwrap();
                        watch(cx, &ours, "client", socket);
                        read(cx, &ours, "client", socket);
                        let ended = super::common::outcome(&ours, "client ended");
                        socket.end_then(cx, Some("request".into()), ended);
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "client ended ok",
                "client finish",
                "server data request",
                "server end",
                "ended ok",
                "server finish",
                "server close false",
                "client data stillthere",
                "client end",
                "client close false",
            ],
        );
    });
}
