//! What is written to a socket that is not connected yet.

use uvox::net::{self, ConnectOptions, ServerOptions};

use super::common::{as_node_does, outcome, read, scenario, serve, watch};

#[test]
fn waits_for_the_connection() {
    scenario(|| {
        as_node_does(
        r"
        serve(1, {}, (socket) => read('server', watch('server', socket)), (server, port) => {
          const socket = watch('client', net.connect(port, '127.0.0.1'));
          say(socket.write('one,', outcome('one')), socket.bytesWritten, socket.writableLength);
          say(socket.write('two,', outcome('two')), socket.bytesWritten, socket.writableLength);
          say(socket.write('z'.repeat(16384), outcome('much')), socket.bytesWritten, socket.writableLength);
          socket.on('connect', () => say('connected', socket.bytesWritten, socket.writableLength));
          socket.on('drain', () => { say('drained', socket.bytesWritten); socket.end(outcome('end')); });
        });
        "
        .replace("read('server', watch('server', socket))", "watch('server', socket).resume()")
        .as_str(),
        |cx, log| {
            let (log, theirs) = (log.clone(), log.clone());
            serve(
                cx,
                &log.clone(),
                 1,
                ServerOptions::new(),
                move |cx, socket| {
                    watch(cx, &theirs, "server", socket);
                    socket.resume(cx);
                },
                move |cx, _, port| {
                    let options = ConnectOptions::port(port).host("127.0.0.1");
                    let socket = net::connect(cx, options).unwrap();
                    watch(cx, &log, "client", socket);
                    let much = "z".repeat(16384);
                    for (name, text) in [("one", "one,"), ("two", "two,"), ("much", &*much)] {
                        let more = socket.write_then(cx, text, outcome(&log, name));
                        let (written, length) =
                            (socket.bytes_written(cx), socket.writable_length(cx));
                        log.say(format!("{more} {written} {length}"));
                    }
                    let own = log.clone();
                    socket.on_connect(cx, move |cx, socket| {
                        let (written, length) =
                            (socket.bytes_written(cx), socket.writable_length(cx));
                        own.say(format!("connected {written} {length}"));
                    });
                    socket.on_drain(cx, move |cx, socket| {
                        log.say(format!("drained {}", socket.bytes_written(cx)));
                        socket.end_then(cx, None, outcome(&log, "end"));
                    });
                },
            );
        },
&["true 4 4", "true 8 8", "false 16392 16392", "client attempt 127.0.0.1 PORT 4", "client connect", "client drain", "drained 16392", "one ok", "connected 16392 0", "client ready", "two ok", "much ok", "end ok", "client finish", "server end", "server finish", "server close false", "client end", "client close false",],
);
    });
}

#[test]
fn corked_it_goes_in_one_piece() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => read('server', watch('server', socket)), (server, port) => {
          const socket = watch('client', net.connect(port, '127.0.0.1'));
          socket.cork();
          socket.write('one,', outcome('one'));
          socket.write(Buffer.from('two,'), outcome('two'));
          say(socket.bytesWritten);
          socket.on('connect', () => {
            say(socket.bytesWritten);
            socket.write('three', outcome('three'));
            socket.uncork();
            say(socket.bytesWritten);
            socket.end(outcome('end'));
          });
        });
        ",
            |cx, log| {
                let (log, theirs) = (log.clone(), log.clone());
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    move |cx, socket| {
                        watch(cx, &theirs, "server", socket);
                        read(cx, &theirs, "server", socket);
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.cork(cx);
                        socket.write_then(cx, "one,", outcome(&log, "one"));
                        socket.write_then(cx, &b"two,"[..], outcome(&log, "two"));
                        log.say(socket.bytes_written(cx).to_string());
                        socket.on_connect(cx, move |cx, socket| {
                            log.say(socket.bytes_written(cx).to_string());
                            socket.write_then(cx, "three", outcome(&log, "three"));
                            socket.uncork(cx);
                            log.say(socket.bytes_written(cx).to_string());
                            socket.end_then(cx, None, outcome(&log, "end"));
                        });
                    },
                );
            },
            &[
                "8",
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "8",
                "13",
                "client ready",
                "one ok",
                "two ok",
                "three ok",
                "end ok",
                "client finish",
                "server data one,two,three",
                "server end",
                "server finish",
                "server close false",
                "client end",
                "client close false",
            ],
        );
    });
}
