//! Reads into the caller's own buffer (`onread`).

use uvox::env;
use uvox::net::{ConnectOptions, ServerOptions, Socket, SocketOptions};

use super::common::{Answers, as_node_does, scenario, serve, watch};

#[test]
fn it_stops_goes_on_and_takes_another_buffer() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => socket.end('abcdefghij'), (server, port) => {
          let size = 3;
          const socket = watch('client', net.connect({
            port, host: '127.0.0.1',
            onread: {
              buffer: () => Buffer.alloc(size),
              callback(count, buffer) {
                say('read', buffer.toString('latin1', 0, count), socket.bytesRead);
                size = 4;
                if (count === 3) setImmediate(() => { say('resumed'); socket.resume(); });
                return count !== 3;
              },
            },
          }));
          socket.on('data', () => say('never'));
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    |cx, socket| socket.end_with(cx, "abcdefghij"),
                    move |cx, _, port| {
                        let own = log.clone();
                        let options = SocketOptions::new().on_read(
                            vec![0; 3],
                            move |cx, socket, buffer, count| {
                                let text = String::from_utf8_lossy(&buffer[..count]);
                                own.say(format!("read {text} {}", socket.bytes_read(cx)));
                                *buffer = vec![0; 4];
                                if count == 3 {
                                    let log = own.clone();
                                    env::set_immediate(cx, move |cx| {
                                        log.say("resumed");
                                        socket.resume(cx);
                                    });
                                }
                                count != 3
                            },
                        );
                        let socket = Socket::new(cx, options).unwrap();
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        socket.connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.on_data(cx, |_, _, _| unreachable!());
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "read abc 3",
                "resumed",
                "read defg 7",
                "read hij 10",
                "resumed",
                "client end",
                "client finish",
                "client close false",
            ],
        );
    });
}

#[test]
fn it_is_paused_and_read_again() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => socket.end('abcd'), (server, port) => {
          let count = 0;
          const socket = watch('client', net.connect({
            port, host: '127.0.0.1',
            onread: {
              buffer: Buffer.alloc(2),
              callback(length, buffer) {
                say('read', buffer.toString('latin1', 0, length));
                socket.pause();
                setImmediate(() => { say('goes on'); if (++count === 1) socket.read(0); else socket.resume(); });
              },
            },
          }));
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    |cx, socket| socket.end_with(cx, "abcd"),
                    move |cx, _, port| {
                        let own = log.clone();
                        let mut seen = 0;
                        let options = SocketOptions::new().on_read(
                            vec![0; 2],
                            move |cx, socket, buffer, length| {
                                let text = String::from_utf8_lossy(&buffer[..length]);
                                own.say(format!("read {text}"));
                                socket.pause(cx);
                                seen += 1;
                                let (log, seen) = (own.clone(), seen);
                                env::set_immediate(cx, move |cx| {
                                    log.say("goes on");
                                    if seen == 1 {
                                        socket.read(cx, 0);
                                    } else {
                                        socket.resume(cx);
                                    }
                                });
                                true
                            },
                        );
                        let socket = Socket::new(cx, options).unwrap();
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        socket.connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "read ab",
                "goes on",
                "read cd",
                "goes on",
                "client end",
                "client finish",
                "client close false",
            ],
        );
    });
}

#[test]
fn it_is_still_there_for_the_second_attempt() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => socket.end('abcd'), (server, port) => {
          const socket = watch('client', net.connect({
            port, host: 'name', lookup: answers('127.0.0.2', '127.0.0.1'),
            onread: {
              buffer: Buffer.alloc(16),
              callback(length, buffer) {
                say('read', buffer.toString('latin1', 0, length));
                socket.destroy();
              },
            },
          }));
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    |cx, socket| socket.end_with(cx, "abcd"),
                    move |cx, _, port| {
                        let own = log.clone();
                        let options = SocketOptions::new().on_read(
                            vec![0; 16],
                            move |cx, socket, buffer, length| {
                                let text = String::from_utf8_lossy(&buffer[..length]);
                                own.say(format!("read {text}"));
                                socket.destroy(cx);
                                true
                            },
                        );
                        let socket = Socket::new(cx, options).unwrap();
                        let options = ConnectOptions::port(port)
                            .host("name")
                            .lookup(Answers(&["127.0.0.2", "127.0.0.1"]));
                        socket.connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                    },
                );
            },
            &[
                "client lookup 127.0.0.2 4 name",
                "client lookup 127.0.0.1 4 name",
                "client attempt 127.0.0.2 PORT 4",
                "client attemptFailed 127.0.0.2 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.2:PORT",
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "read abcd",
                "client close false",
            ],
        );
    });
}
