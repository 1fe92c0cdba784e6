//! `destroy_soon` destroys when all is out.

use uvox::net::{self, ConnectOptions, ServerOptions};

use super::common::{as_node_does, outcome, scenario, serve, watch};

#[test]
fn when_all_is_out() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => {
          socket.resume();
        }, (server, port) => {
          const socket = watch('client', net.connect(port, '127.0.0.1'));
          socket.write('x'.repeat(40000000), outcome('write'));
          socket.destroySoon();
          say(socket.destroyed, socket.readyState);
          const idle = watch('idle', new net.Socket());
          idle.destroySoon();
          say(idle.destroyed, idle.readyState);
          idle.destroy();
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    move |cx, socket| {
                        socket.resume(cx);
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.write_then(cx, "x".repeat(40_000_000), outcome(&log, "write"));
                        socket.destroy_soon(cx);
                        let state = |cx: &_, socket: net::Socket| {
                            format!("{} {}", socket.is_destroyed(cx), socket.ready_state(cx))
                        };
                        log.say(state(cx, socket));
                        let idle = net::Socket::new(cx, Default::default()).unwrap();
                        watch(cx, &log, "idle", idle);
                        idle.destroy_soon(cx);
                        log.say(state(cx, idle));
                        idle.destroy(cx);
                    },
                );
            },
            &[
                "false opening",
                "false readOnly",
                "client attempt 127.0.0.1 PORT 4",
                "idle close false",
                "client connect",
                "client ready",
                "write ok",
                "client finish",
                "client close false",
            ],
        );
    });
}
