//! What the kernel refuses, 'error' tells, in a tick, in Node's words.

use std::fs::File;
use std::os::unix::net::UnixListener;

use uvox::env;
use uvox::event_loop::Errno;
use uvox::event_loop::sys::fault::{self, Effect, Fault};
use uvox::net::ListenOptions;

use super::common::{as_node, loopback, program, scenario, server};

/// The port of the first server, which nobody knows before, is PORT.
#[test]
fn an_address_in_use() {
    let code = "
        const one = net.createServer().listen(0, '127.0.0.1', () => {
          const { port } = one.address();
          const two = net.createServer();
          two.on('error', (e) => {
            say(text(e).replaceAll(port, 'PORT') + ` ${two.listening}`);
            one.close();
          });
          two.listen(port, '127.0.0.1');
          process.nextTick(() => say('tick'));
        });
    ";
    let lines = [
        "tick",
        "EADDRINUSE|listen EADDRINUSE: address already in use 127.0.0.1:PORT|listen|127.0.0.1|PORT false",
    ];
    as_node(&lines, code, |cx, log| {
        let one = server(cx);
        let listening = move |cx: &mut _, one: uvox::net::Server| {
            let port = one.port(cx).unwrap();
            let two = server(cx);
            let note = log.clone();
            two.on_error(cx, move |cx, two, error| {
                let text = super::common::text(error).replace(&port.to_string(), "PORT");
                note.say(format!("{text} {}", two.is_listening(cx)));
                one.close(cx);
            });
            let options = ListenOptions::port(port).host("127.0.0.1");
            two.listen(cx, options).unwrap();
            env::next_tick(cx, move |_| log.say("tick"));
        };
        one.listen_then(cx, loopback(), listening).unwrap();
    });
}

#[test]
fn an_address_that_is_not_this_machines() {
    let code = "watch(net.createServer()).listen(8080, '192.0.2.1');";
    let line = "error EADDRNOTAVAIL|listen EADDRNOTAVAIL: address not available 192.0.2.1:8080|listen|192.0.2.1|8080";
    as_node(&[line], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        let options = ListenOptions::port(8080).host("192.0.2.1");
        server.listen(cx, options).unwrap();
    });
}

#[test]
fn a_path_whose_directory_is_not_there() {
    let code = "watch(net.createServer()).listen('/no/such/directory/server');";
    let path = "/no/such/directory/server";
    let line = format!("error EACCES|listen EACCES: permission denied {path}|listen|{path}|-");
    as_node(&[&line], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, ListenOptions::path(path)).unwrap();
        assert!(!server.is_listening(cx));
    });
}

/// The one who listened there is gone, but its path is not.
#[test]
fn a_path_that_somebody_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("server");
    drop(UnixListener::bind(&path).unwrap());
    let text = path.to_str().unwrap();
    let code = format!("watch(net.createServer()).listen({text:?});");
    let line = format!(
        "error EADDRINUSE|listen EADDRINUSE: address already in use {text}|listen|{text}|-"
    );
    as_node(&[&line], &code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, ListenOptions::path(&path)).unwrap();
    });
    assert!(path.exists(), "it is not ours to remove");
}

#[test]
fn a_descriptor_that_cannot_listen() {
    let code = "
        const fd = require('fs').openSync('/dev/null');
        watch(net.createServer()).listen({ fd });
    ";
    let line = "error EINVAL|listen EINVAL: invalid argument|listen|-|-";
    as_node(&[line], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        let file = File::open("/dev/null").unwrap();
        server.listen(cx, ListenOptions::fd(file)).unwrap();
    });
}

/// Without a host IPv6 is tried first, and the error is IPv4's. As root, one has to ask for the refusal.
#[test]
fn a_port_of_the_privileged() {
    scenario(|| {
        let said = program(|cx, log| {
            let any = server(cx);
            log.watch(cx, any);
            let faults = fault::plan([1, 1].map(|_| eacces()));
            any.listen(cx, ListenOptions::port(80)).unwrap();
            assert_eq!(faults.left(), 0);
            let one = server(cx);
            log.watch(cx, one);
            one.listen(cx, ListenOptions::port(80).host("127.0.0.1"))
                .unwrap();
            // What was looked up is bound in a tick.
            let faults = fault::plan([eacces()]);
            env::set_immediate(cx, move |_| assert_eq!(faults.left(), 0));
        });
        let lines = [
            "error EACCES|listen EACCES: permission denied 0.0.0.0:80|listen|0.0.0.0|80",
            "error EACCES|listen EACCES: permission denied 127.0.0.1:80|listen|127.0.0.1|80",
        ];
        assert_eq!(said, lines);
    });
}

fn eacces() -> Fault {
    Fault::new("bind", 1, Effect::Fail(Errno::EACCES))
}
