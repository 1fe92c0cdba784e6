//! Whatever listener a socket is destroyed in, 'close' comes once, nothing comes after it, and nothing is left.

use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ServerOptions, Socket};

use super::common::{Answers, Log, program, scenario, serve, watch};

const EVENTS: [&str; 10] = [
    "lookup", "attempt", "connect", "ready", "data", "end", "drain", "finish", "error", "close",
];

fn destroy_in(cx: &mut Ctx, socket: Socket, event: &str, how: fn(&mut Ctx, Socket)) {
    match event {
        "lookup" => drop(socket.on_lookup(cx, move |cx, socket, _| how(cx, socket))),
        "attempt" => drop(socket.on_connection_attempt(cx, move |cx, socket, _| how(cx, socket))),
        "connect" => drop(socket.on_connect(cx, how)),
        "ready" => drop(socket.on_ready(cx, how)),
        "data" => drop(socket.on_data(cx, move |cx, socket, _| how(cx, socket))),
        "end" => drop(socket.on_end(cx, how)),
        "drain" => drop(socket.on_drain(cx, how)),
        "finish" => drop(socket.on_finish(cx, how)),
        "error" => drop(socket.on_error(cx, move |cx, socket, _| how(cx, socket))),
        _ => drop(socket.on_close(cx, move |cx, socket, _| how(cx, socket))),
    }
}

fn one(cx: &mut Ctx, log: &Log, event: &'static str, race: bool, how: fn(&mut Ctx, Socket)) {
    let log = log.clone();
    serve(
        cx,
        &log.clone(),
        0,
        ServerOptions::new(),
        |cx, socket| {
            socket.on_error(cx, |_, _, _| ());
            socket.resume(cx);
            socket.end_with(cx, "x");
        },
        move |cx, server, port| {
            let options = ConnectOptions::port(port)
                .host("name")
                .lookup(Answers(&["127.0.0.2", "127.0.0.1"]));
            let options = if race { options.race() } else { options };
            let socket = net::connect(cx, options).unwrap();
            watch(cx, &log, "client", socket);
            socket.resume(cx);
            destroy_in(cx, socket, event, how);
            socket.write(cx, "y".repeat(20_000));
            if event == "error" {
                socket.on_connect(cx, |cx, socket| {
                    socket.destroy_with(cx, uvox::Error::new("ENOUGH", "enough"));
                });
            }
            socket.on_close(cx, move |cx, _, _| server.close(cx));
        },
    );
}

#[test]
fn destroyed_ended_or_reset() {
    scenario(|| {
        let ways: [fn(&mut Ctx, Socket); 3] = [
            |cx, socket| socket.destroy(cx),
            |cx, socket| socket.destroy_soon(cx),
            |cx, socket| socket.reset_and_destroy(cx).unwrap(),
        ];
        for event in EVENTS {
            for race in [false, true] {
                for how in ways {
                    let said = program(&[], |cx, log| one(cx, log, event, race, how));
                    let closes = said.iter().filter(|line| line.contains("close"));
                    assert_eq!(closes.count(), 1, "{event}: {said:?}");
                    let last = said.last().unwrap();
                    assert!(last.starts_with("client close"), "{event}: {said:?}");
                }
            }
        }
    });
}

#[test]
fn names_of_sockets_that_are_gone() {
    scenario(|| {
        program(&[], |cx, _| {
            let socket = Socket::new(cx, Default::default()).unwrap();
            socket.destroy(cx);
            uvox::env::set_immediate(cx, move |cx| {
                uvox::env::set_immediate(cx, move |cx| all_methods(cx, socket));
            });
        });
    });
}

fn all_methods(cx: &mut Ctx, socket: Socket) {
    assert!(!socket.exists(cx) && socket.is_destroyed(cx) && socket.is_closed(cx));
    let error = socket.connect(cx, 1).unwrap_err();
    assert_eq!(error.code(), "ERR_SOCKET_CLOSED");
    let second = std::time::Duration::from_secs(1);
    socket.set_timeout(cx, second);
    socket.set_no_delay(cx, true);
    socket.set_keep_alive(cx, true, second);
    socket.set_keep_alive_probes(cx, second, second, 3);
    socket.set_user_timeout(cx, Some(second)).unwrap();
    socket.ref_(cx);
    socket.unref(cx);
    assert!(!socket.write(cx, "text"));
    socket.end(cx);
    socket.destroy_soon(cx);
    socket.reset_and_destroy(cx).unwrap();
    socket.destroy(cx);
    socket.resume(cx);
    socket.pause(cx);
    assert_eq!(socket.ready_state(cx), net::ReadyState::Closed);
    assert!(socket.is_pending(cx) && !socket.is_connecting(cx));
    assert_eq!((socket.buffer_size(cx), socket.bytes_read(cx)), (None, 0));
    assert_eq!((socket.bytes_written(cx), socket.address(cx)), (0, None));
    assert_eq!((socket.remote(cx), socket.wrap(cx)), (None, None));
    assert!(socket.timeout(cx).is_zero());
    let id = socket.on_connect(cx, |_, _| unreachable!());
    assert!(!socket.off(cx, id));
    socket.duplex().release(cx);
}
