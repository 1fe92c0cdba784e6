//! What is wrong from the outset is an error of the call.

use uvox::net::{self, ConnectOptions, Socket};

use super::common::{as_node_does, program, scenario, text};

#[test]
fn ports_and_addresses() {
    scenario(|| {
        as_node_does(
            r"
        const attempt = (options) => { try { net.connect(options); } catch (error) { say(text(error)); } };
        attempt({ port: 65536 });
        attempt({ port: -1, host: '127.0.0.1' });
        attempt({ port: 1, localAddress: 'localhost' });
        attempt({ port: 70000, localAddress: 'localhost' });
        ",
            |cx, log| {
                let all = [
                    ConnectOptions::port(65536),
                    ConnectOptions::port(-1).host("127.0.0.1"),
                    ConnectOptions::port(1).local_address("localhost"),
                    ConnectOptions::port(70000).local_address("localhost"),
                ];
                for options in all {
                    log.say(text(&net::connect(cx, options).unwrap_err()));
                }
            },
            &[
                "ERR_SOCKET_BAD_PORT: Port should be >= 0 and < 65536. Received type number (65536).",
                "ERR_SOCKET_BAD_PORT: Port should be >= 0 and < 65536. Received type number (-1).",
                "ERR_INVALID_IP_ADDRESS: Invalid IP address: localhost",
                "ERR_INVALID_IP_ADDRESS: Invalid IP address: localhost",
            ],
        );
    });
}

#[test]
fn hosts_and_paths() {
    scenario(|| {
        let said = program(&[], |cx, log| {
            let long = "x".repeat(200);
            let all = [
                ConnectOptions::port(1).host("a\0b"),
                ConnectOptions::port(1).local_port(65536),
                ConnectOptions::path(&long),
                ConnectOptions::path("a\0b"),
                ConnectOptions::path(""),
            ];
            let socket = Socket::new(cx, Default::default()).unwrap();
            for options in all {
                let error = socket.connect(cx, options).unwrap_err();
                log.say(text(&error).replace(&long, "LONG").replace('\0', "NUL"));
                // Nothing has happened to it.
                assert!(!socket.is_connecting(cx) && !socket.is_destroyed(cx));
                assert!(socket.wrap(cx).is_none());
            }
            socket.destroy(cx);
        });
        let lines = [
            r"ERR_INVALID_ARG_VALUE: The property 'options.host' must be a string without null bytes. Received 'a\x00b'",
            "ERR_SOCKET_BAD_PORT: options.localPort should be >= 0 and < 65536. Received type number (65536).",
            "ENAMETOOLONG: connect ENAMETOOLONG LONG",
            "EINVAL: connect EINVAL aNULb",
            "EINVAL: connect EINVAL",
        ];
        assert_eq!(said, lines);
    });
}

#[test]
fn no_host_is_localhost() {
    scenario(|| {
        let said = program(&[], |cx, log| {
            let options = ConnectOptions::port(1)
                .host("")
                .lookup(super::common::Answers(&["127.0.0.1"]));
            let socket = net::connect(cx, options).unwrap();
            super::common::watch(cx, log, "client", socket);
            socket.on_lookup(cx, |cx, socket, _| socket.destroy(cx));
        });
        assert_eq!(said[0], "client lookup 127.0.0.1 4 localhost");
    });
}
