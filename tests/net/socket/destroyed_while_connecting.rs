//! Sockets that are destroyed before they are connected, and what was written to them.

use uvox::net::{self, ConnectOptions, ServerOptions};

use super::common::{as_node_does, outcome, scenario, serve, watch};

#[test]
fn what_was_written_fails() {
    scenario(|| {
        as_node_does(
            r"
        serve(0, {}, () => say('never'), (server, port) => {
          server.close();
          const socket = watch('client', net.connect(port, '127.0.0.1'));
          say(socket.write('one', outcome('one')), socket.write('two', outcome('two')), socket.write('three'));
          socket.end('last', outcome('end'));
          socket.destroy();
          say(socket.write('late', outcome('late')), socket.connecting, socket.pending, socket.readyState, socket.bytesWritten);
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    0,
                    ServerOptions::new(),
                    |_, _| unreachable!(),
                    move |cx, server, port| {
                        server.close(cx);
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        let one = socket.write_then(cx, "one", outcome(&log, "one"));
                        let two = socket.write_then(cx, "two", outcome(&log, "two"));
                        let three = socket.write(cx, "three");
                        log.say(format!("{one} {two} {three}"));
                        socket.end_then(cx, Some("last".into()), outcome(&log, "end"));
                        socket.destroy(cx);
                        let late = socket.write_then(cx, "late", outcome(&log, "late"));
                        log.say(format!(
                            "{late} {} {} {} {}",
                            socket.is_connecting(cx),
                            socket.is_pending(cx),
                            socket.ready_state(cx),
                            socket.bytes_written(cx),
                        ));
                    },
                );
            },
            &[
                "true true true",
                "false false true closed 15",
                "late ERR_STREAM_WRITE_AFTER_END: write after end",
                "client close false",
                "one ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Socket closed before the connection was established",
                "two ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Socket closed before the connection was established",
                "end ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Socket closed before the connection was established",
            ],
        );
    });
}

#[test]
fn with_an_error_and_in_the_listeners_on_the_way() {
    scenario(|| {
        as_node_does(
            r"
        serve(0, {}, (socket) => socket.resume(), (server, port) => {
          const error = Object.assign(new Error('enough'), { code: 'ENOUGH' });
          const connect = (name) => watch(name, net.connect(port, '127.0.0.1'));
          connect('error').destroy(error);
          const ready = connect('connect');
          ready.on('connect', () => ready.destroy());
          ready.on('close', () => server.close());
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    0,
                    ServerOptions::new(),
                    |cx, socket| {
                        socket.resume(cx);
                    },
                    move |cx, server, port| {
                        let connect = |cx: &mut _| {
                            net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap()
                        };
                        let one = connect(cx);
                        watch(cx, &log, "error", one);
                        one.destroy_with(cx, uvox::Error::new("ENOUGH", "enough"));
                        let ready = connect(cx);
                        watch(cx, &log, "connect", ready);
                        ready.on_connect(cx, |cx, socket| socket.destroy(cx));
                        ready.on_close(cx, move |cx, _, _| server.close(cx));
                    },
                );
            },
            &[
                "error error ENOUGH: enough",
                "connect attempt 127.0.0.1 PORT 4",
                "connect connect",
                "connect ready",
                "connect close false",
                "error close true",
            ],
        );
    });
}
