//! Writes to sockets that cannot be written to, any more or yet.

use uvox::net::{self, ConnectOptions, ServerOptions, Socket};

use super::common::{as_node_does, outcome, scenario, serve, watch};

#[test]
fn unconnected_ended_and_destroyed() {
    scenario(|| {
        as_node_does(
            r"
        serve(0, {}, (socket) => socket.resume(), (server, port) => {
          server.close();
          const idle = watch('idle', new net.Socket());
          say(idle.write('text', outcome('unconnected')), idle.write('more', outcome('more')));
          const ended = watch('ended', net.connect(port, '127.0.0.1'));
          ended.end();
          say(ended.write('text', outcome('after end')), ended.write('text', outcome('and again')));
          const destroyed = watch('destroyed', new net.Socket());
          destroyed.destroy();
          say(destroyed.write('text', outcome('after destroy')));
          destroyed.end('text', outcome('end after destroy'));
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
                        server.close(cx);
                        let idle = Socket::new(cx, Default::default()).unwrap();
                        watch(cx, &log, "idle", idle);
                        let one = idle.write_then(cx, "text", outcome(&log, "unconnected"));
                        let two = idle.write_then(cx, "more", outcome(&log, "more"));
                        log.say(format!("{one} {two}"));
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let ended = net::connect(cx, options).unwrap();
                        watch(cx, &log, "ended", ended);
                        ended.end(cx);
                        let one = ended.write_then(cx, "text", outcome(&log, "after end"));
                        let two = ended.write_then(cx, "text", outcome(&log, "and again"));
                        log.say(format!("{one} {two}"));
                        let destroyed = Socket::new(cx, Default::default()).unwrap();
                        watch(cx, &log, "destroyed", destroyed);
                        destroyed.destroy(cx);
                        let late = destroyed.write_then(cx, "text", outcome(&log, "after destroy"));
                        log.say(late.to_string());
                        let end = outcome(&log, "end after destroy");
                        destroyed.end_then(cx, Some("text".into()), end);
                    },
                );
            },
            &[
                "false false",
                "false false",
                "false",
                "unconnected ERR_SOCKET_CLOSED: Socket is closed",
                "more ERR_SOCKET_CLOSED: Socket is closed",
                "after end ERR_STREAM_WRITE_AFTER_END: write after end",
                "ended error ERR_STREAM_WRITE_AFTER_END: write after end",
                "and again ERR_STREAM_WRITE_AFTER_END: write after end",
                "destroyed close false",
                "after destroy ERR_STREAM_DESTROYED: Cannot call write after a stream was destroyed",
                "end after destroy ERR_STREAM_DESTROYED: Cannot call write after a stream was destroyed",
                "idle error ERR_SOCKET_CLOSED: Socket is closed",
                "idle close false",
                "ended close true",
            ],
        );
    });
}
