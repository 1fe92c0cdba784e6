//! `reset_and_destroy`, of a connection, and of what is none.

use uvox::net::{self, ConnectOptions, ServerOptions, Socket};

use super::common::{as_node_does, as_node_does_with, scenario, serve, text, watch};

#[test]
fn of_a_connection_and_while_connecting() {
    scenario(|| {
        as_node_does(
            r"
        serve(2, {}, (socket) => {
          watch('server', socket).resume();
        }, (server, port) => {
          const first = watch('first', net.connect(port, '127.0.0.1'));
          first.on('ready', () => { first.resetAndDestroy(); say(first.destroyed); });
          first.on('close', () => {
            const second = watch('second', net.connect(port, '127.0.0.1'));
            second.resetAndDestroy();
            say(second.destroyed, second.connecting);
          });
        });
        ",
            |cx, log| {
                let (log, theirs) = (log.clone(), log.clone());
                serve(
                    cx,
                    &log.clone(),
                    2,
                    ServerOptions::new(),
                    move |cx, socket| {
                        watch(cx, &theirs, "server", socket);
                        socket.resume(cx);
                    },
                    move |cx, _, port| {
                        let connect = move |cx: &mut _| {
                            net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap()
                        };
                        let first = connect(cx);
                        watch(cx, &log, "first", first);
                        let own = log.clone();
                        first.on_ready(cx, move |cx, socket| {
                            socket.reset_and_destroy(cx).unwrap();
                            own.say(socket.is_destroyed(cx).to_string());
                        });
                        first.on_close(cx, move |cx, _, _| {
                            let second = connect(cx);
                            watch(cx, &log, "second", second);
                            second.reset_and_destroy(cx).unwrap();
                            let (destroyed, connecting) =
                                (second.is_destroyed(cx), second.is_connecting(cx));
                            log.say(format!("{destroyed} {connecting}"));
                        });
                    },
                );
            },
            &[
                "first attempt 127.0.0.1 PORT 4",
                "first connect",
                "first ready",
                "true",
                "first close false",
                "false true",
                "second attempt 127.0.0.1 PORT 4",
                "server error ECONNRESET: read ECONNRESET",
                "second connect",
                "second ready",
                "second close false",
                "server close true",
                "server error ECONNRESET: read ECONNRESET",
                "server close true",
            ],
        );
    });
}

#[test]
fn of_what_is_not_connected_or_no_tcp() {
    scenario(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("path");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        as_node_does_with(
            &[("PATH", format!("{path:?}"))],
            r"
        watch('idle', new net.Socket()).resetAndDestroy();
        const pipe = watch('pipe', net.connect(PATH));
        const reset = () => { try { pipe.resetAndDestroy() } catch (error) { say(text(error)) } };
        reset();
        pipe.on('connect', () => { reset(); pipe.destroy(); });
        pipe.on('close', () => pipe.resetAndDestroy());
        ",
            |cx, log| {
                let idle = Socket::new(cx, Default::default()).unwrap();
                watch(cx, log, "idle", idle);
                idle.reset_and_destroy(cx).unwrap();
                let pipe = net::connect(cx, ConnectOptions::path(log.value("PATH"))).unwrap();
                watch(cx, log, "pipe", pipe);
                log.say(text(&pipe.reset_and_destroy(cx).unwrap_err()));
                let log = log.clone();
                pipe.on_connect(cx, move |cx, pipe| {
                    log.say(text(&pipe.reset_and_destroy(cx).unwrap_err()));
                    pipe.destroy(cx);
                });
                pipe.on_close(cx, |cx, pipe, _| pipe.reset_and_destroy(cx).unwrap());
            },
            &[
                "ERR_INVALID_HANDLE_TYPE: This handle type cannot be sent",
                "idle error ERR_SOCKET_CLOSED: Socket is closed",
                "idle close false",
                "pipe connect",
                "ERR_INVALID_HANDLE_TYPE: This handle type cannot be sent",
                "pipe ready",
                "pipe close false",
            ],
        );
    });
}

#[test]
fn of_one_that_is_ending() {
    scenario(|| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = super::common::program(&[("PORT", port.to_string())], |cx, log| {
            let options = ConnectOptions::port(port).host("127.0.0.1");
            let socket = net::connect(cx, options).unwrap();
            watch(cx, log, "client", socket);
            socket.on_connect(cx, |cx, socket| {
                socket.end(cx);
                socket.reset_and_destroy(cx).unwrap();
            });
        });
        let last = ["client error EINVAL: reset EINVAL", "client close true"];
        assert_eq!(said[said.len() - 2..], last);
    });
}
