//! A hard cap on what is buffered, addresses that may not be connected to, and a time to be connected in.

use std::time::Duration;

use uvox::net::{self, BlockList, ConnectOptions, Socket, SocketOptions};

use super::common::{Answers, Hanging, Silent, outcome, program, refused_port, scenario, watch};

#[test]
fn a_write_beyond_the_limit_fails() {
    scenario(|| {
        let hanging = Hanging::at("127.0.0.2", 0);
        let said = program(&[("PORT", hanging.port.to_string())], |cx, log| {
            let options = SocketOptions::new().write_limit(10);
            let socket = Socket::new(cx, options).unwrap();
            watch(cx, log, "client", socket);
            let options = ConnectOptions::port(hanging.port).host("127.0.0.2");
            socket.connect(cx, options).unwrap();
            assert!(socket.write_then(cx, "123456", outcome(log, "six")));
            assert!(socket.write_then(cx, "7890", outcome(log, "ten")));
            assert!(!socket.write_then(cx, "x", outcome(log, "eleven")));
        });
        let full = "ERR_STREAM_BUFFER_FULL: More than 10 would be buffered";
        let lines = [
            &*format!("eleven {full}"),
            &format!("client error {full}"),
            "client close true",
            "six ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Socket closed before the connection was established",
            &format!("ten {full}"),
        ];
        assert_eq!(said, lines);
    });
}

#[test]
fn addresses_that_are_blocked() {
    scenario(|| {
        let port = [("PORT", refused_port().to_string())];
        let said = program(&port, |cx, log| {
            let mut list = BlockList::new();
            list.add_address("127.0.0.2".parse().unwrap());
            let options = ConnectOptions::port(log.number("PORT")).block_list(list);
            let one = net::connect(cx, options.clone().host("127.0.0.2")).unwrap();
            watch(cx, log, "one", one);
            let lookup = Answers(&["127.0.0.2", "127.0.0.1"]);
            let options = options.host("name").lookup(lookup);
            let each = net::connect(cx, options.clone()).unwrap();
            watch(cx, log, "each", each);
            let race = net::connect(cx, options.race()).unwrap();
            watch(cx, log, "race", race);
        });
        let of = |name: &str| -> Vec<String> {
            let own = said.iter().filter(|line| line.starts_with(name));
            own.map(|line| line[name.len() + 1..].to_owned()).collect()
        };
        let blocked = "ERR_IP_BLOCKED: IP(127.0.0.2) is blocked by net.BlockList";
        assert_eq!(of("one"), [&*format!("error {blocked}"), "close true"]);
        for name in ["each", "race"] {
            let lines = [
                "lookup 127.0.0.2 4 name",
                "lookup 127.0.0.1 4 name",
                &format!("attemptFailed 127.0.0.2 PORT 4 {blocked}"),
                "attempt 127.0.0.1 PORT 4",
                "attemptFailed 127.0.0.1 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:PORT",
                "error ERR_IP_BLOCKED: IP(127.0.0.2) is blocked by net.BlockList; connect ECONNREFUSED 127.0.0.1:PORT",
                "close true",
            ];
            assert_eq!(of(name), lines);
        }
    });
}

#[test]
fn the_time_to_be_connected_covers_the_lookup_and_the_connecting() {
    scenario(|| {
        let hanging = Hanging::at("127.0.0.2", 0);
        let said = program(&[("PORT", hanging.port.to_string())], |cx, log| {
            let time = Duration::from_millis(10);
            let options = ConnectOptions::port(hanging.port).connect_timeout(time);
            let lookup = net::connect(cx, options.clone().host("name").lookup(Silent)).unwrap();
            watch(cx, log, "lookup", lookup);
            lookup.write_then(cx, "text", outcome(log, "write"));
            let log = log.clone();
            lookup.on_close(cx, move |cx, _, _| {
                let one = net::connect(cx, options.clone().host("127.0.0.2")).unwrap();
                watch(cx, &log, "one", one);
                let log = log.clone();
                let options = options.clone();
                one.on_close(cx, move |cx, _, _| {
                    let lookup = Answers(&["127.0.0.2", "127.0.0.2", "::1"]);
                    let options = options.clone().host("name").lookup(lookup);
                    let each = net::connect(cx, options).unwrap();
                    watch(cx, &log, "each", each);
                });
            });
        });
        let timed_out = "error ERR_SOCKET_CONNECT_TIMEOUT: Not connected within 10 ms";
        let lines = [
            &*format!("lookup {timed_out}"),
            "lookup close true",
            "write ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Socket closed before the connection was established",
            "one attempt 127.0.0.2 PORT 4",
            &format!("one {timed_out}"),
            "one close true",
            "each lookup 127.0.0.2 4 name",
            "each lookup 127.0.0.2 4 name",
            "each lookup ::1 6 name",
            "each attempt 127.0.0.2 PORT 4",
            &format!("each {timed_out}"),
            "each close true",
        ];
        assert_eq!(said, lines);
    });
}

#[test]
fn one_that_is_connected_in_time_hears_nothing_of_it() {
    scenario(|| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = program(&[("PORT", port.to_string())], |cx, log| {
            let options = ConnectOptions::port(port)
                .host("127.0.0.1")
                .connect_timeout(Duration::from_secs(3600));
            let socket = net::connect(cx, options).unwrap();
            watch(cx, log, "client", socket);
            socket.on_connect(cx, |cx, socket| socket.destroy(cx));
        });
        assert_eq!(said.last().unwrap(), "client close false");
    });
}
