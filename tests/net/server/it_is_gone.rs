//! Every method of a server that is gone: no panic, a typed error where there is one to return, and callbacks are told.

use std::time::Duration;

use uvox::Error;
use uvox::event_loop::Ctx;
use uvox::net::{ListenOptions, Server, Shutdown};

use super::common::{program, scenario, server, turns_later};

fn ask_all(cx: &mut Ctx, server: Server, log: super::common::Log) {
    let error = server.listen(cx, ListenOptions::port(0)).unwrap_err();
    assert_eq!(error.code(), "ERR_SERVER_NOT_RUNNING");
    let error = server.listen_then(cx, ListenOptions::path("/"), |_, _| unreachable!());
    assert_eq!(error.unwrap_err().code(), "ERR_SERVER_NOT_RUNNING");
    assert!(!server.is_listening(cx) && server.wrap(cx).is_none());
    assert!(server.address(cx).is_none() && server.port(cx).is_none());
    server.set_max_connections(cx, Some(1));
    assert_eq!(server.connections(cx), 0);
    server.ref_(cx);
    server.unref(cx);
    server.pause(cx);
    server.resume(cx);
    let id = server.on_listening(cx, |_, _| unreachable!());
    server.on_close(cx, |_, _| unreachable!());
    server.once_listening(cx, |_, _| unreachable!());
    server.once_close(cx, |_, _| unreachable!());
    server.on_connection(cx, |_, _, _| unreachable!());
    server.on_drop(cx, |_, _, _| unreachable!());
    server.on_error(cx, |_, _, _| unreachable!());
    assert!(!server.off(cx, id));
    server.close(cx);
    server.release(cx);
    let note = log.clone();
    server.get_connections(cx, move |_, count| note.say(count.unwrap()));
    let note = log.clone();
    server.close_then(cx, move |_, result: Result<(), Error>| {
        note.say(result.unwrap_err().code());
    });
    server.shutdown(cx, Duration::from_secs(60), move |_, told| {
        assert_eq!(told, Shutdown::default());
        log.say("shutdown");
    });
}

#[test]
fn it_is_gone() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = server(cx);
            server.close(cx);
            turns_later(cx, move |cx| ask_all(cx, server, log));
        });
        assert_eq!(said, ["0", "ERR_SERVER_NOT_RUNNING", "shutdown"]);
    });
}

#[test]
fn released_with_connections_and_lookups() {
    scenario(|| {
        program(|cx, _| {
            let server = server(cx);
            server
                .listen(cx, ListenOptions::port(0).host("localhost"))
                .unwrap();
            server.on_connection(cx, |cx, server, socket| {
                socket.resume(cx);
                server.release(cx);
                assert!(!server.is_listening(cx));
                assert!(server.listen(cx, ListenOptions::port(0)).is_err());
            });
            server.on_listening(cx, |cx, server| {
                let port = server.port(cx).unwrap();
                let options = uvox::net::ConnectOptions::port(port).host("localhost");
                let client = uvox::net::connect(cx, options).unwrap();
                client.resume(cx);
                client.end(cx);
            });
            server.on_close(cx, |_, _| unreachable!("it was released"));
        });
    });
}
