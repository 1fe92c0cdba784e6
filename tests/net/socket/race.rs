//! Several addresses at the same time, a while after each other: the first that is there wins.

use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use uvox::env::Env;
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{self, Attempt, ConnectOptions, Socket, SocketOptions};

use super::common::{Answers, Hanging, Log, program, refused_port, scenario, watch};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(10);

fn race(cx: &mut Ctx, log: &Log, lookup: &'static [&'static str], next_after: Duration) -> Socket {
    let socket = Socket::new(cx, SocketOptions::new()).unwrap();
    watch(cx, log, "client", socket);
    let options = ConnectOptions::port(log.number("PORT"))
        .host("name")
        .lookup(Answers(lookup))
        .auto_select_family_attempt_timeout(next_after)
        .race();
    socket.connect(cx, options).unwrap();
    socket
}

/// A listener on 127.0.0.1, and one on 127.0.0.2 that does not answer.
fn one_that_is_there_and_one_that_hangs() -> (TcpListener, Hanging) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, Hanging::at("127.0.0.2", port))
}

fn port_of(listener: &TcpListener) -> [(&'static str, String); 1] {
    let port = listener.local_addr().unwrap().port();
    [("PORT", port.to_string())]
}

#[test]
fn one_that_takes_long_goes_on_while_the_next_begins() {
    scenario(|| {
        let (listener, _hanging) = one_that_is_there_and_one_that_hangs();
        let said = program(&port_of(&listener), |cx, log| {
            let socket = race(cx, log, &["127.0.0.2", "127.0.0.1"], SHORT);
            socket.end_with(cx, "written before");
            let log = log.clone();
            socket.on_ready(cx, move |cx, socket| {
                let remote = socket.remote_address(cx).unwrap();
                log.say(format!("{remote} {}", socket.is_connecting(cx)));
            });
            socket.on_finish(cx, |cx, socket| socket.destroy(cx));
        });
        let lines = [
            "client lookup 127.0.0.2 4 name",
            "client lookup 127.0.0.1 4 name",
            "client attempt 127.0.0.2 PORT 4",
            "client attemptTimeout 127.0.0.2 PORT 4",
            "client attempt 127.0.0.1 PORT 4",
            "client connect",
            "client ready",
            "127.0.0.1 false",
            "client finish",
            "client close false",
        ];
        assert_eq!(said, lines);
        let mut got = String::new();
        let (mut peer, _) = listener.accept().unwrap();
        peer.read_to_string(&mut got).unwrap();
        assert_eq!(got, "written before");
    });
}

#[test]
fn one_that_is_refused_does_not_hold_up_the_next() {
    scenario(|| {
        let (listener, _hanging) = one_that_is_there_and_one_that_hangs();
        let said = program(&port_of(&listener), |cx, log| {
            let socket = race(cx, log, &["127.0.0.3", "127.0.0.1", "127.0.0.2"], LONG);
            socket.on_connect(cx, |cx, socket| socket.destroy(cx));
        });
        let lines = [
            "client attempt 127.0.0.3 PORT 4",
            "client attemptFailed 127.0.0.3 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.3:PORT",
            "client attempt 127.0.0.1 PORT 4",
            "client connect",
            "client ready",
            "client close false",
        ];
        assert_eq!(said[3..], lines, "and the last is not tried");
    });
}

#[test]
fn all_fail() {
    scenario(|| {
        let port = [("PORT", refused_port().to_string())];
        let said = program(&port, |cx, log| {
            let socket = race(cx, log, &["127.0.0.1", "127.0.0.2", "127.0.0.3"], SHORT);
            socket.on_error(cx, |cx, socket, error| {
                assert_eq!((error.code(), error.errors().len()), ("ECONNREFUSED", 3));
                assert!(!socket.is_connecting(cx));
            });
        });
        let error = "client error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:PORT; connect ECONNREFUSED 127.0.0.2:PORT; \
            connect ECONNREFUSED 127.0.0.3:PORT";
        assert_eq!(said[said.len() - 2..], [error, "client close true"]);
        let failed = said.iter().filter(|line| line.contains("attemptFailed"));
        assert_eq!(failed.count(), 3);
    });
}

#[test]
fn the_last_that_fails_waits_for_those_that_go_on() {
    scenario(|| {
        let (listener, hanging) = one_that_is_there_and_one_that_hangs();
        let hanging = std::cell::Cell::new(Some(hanging));
        let said = program(&port_of(&listener), |cx, log| {
            let socket = race(cx, log, &["127.0.0.2", "127.0.0.3"], SHORT);
            socket.on_connection_attempt(cx, move |_, _, attempt| {
                if matches!(attempt, Attempt::Failed { address, .. } if address == "127.0.0.3") {
                    // The kernel tries again after a second, and finds nobody.
                    drop(hanging.take());
                }
            });
        });
        let last = [
            "client attemptFailed 127.0.0.2 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.2:PORT",
            "client error ECONNREFUSED: connect ECONNREFUSED 127.0.0.3:PORT; connect ECONNREFUSED 127.0.0.2:PORT",
            "client close true",
        ];
        assert_eq!(said[said.len() - 3..], last);
    });
}

#[test]
fn destroyed_and_timed_out_in_the_middle() {
    scenario(|| {
        let (listener, hanging) = one_that_is_there_and_one_that_hangs();
        let _other = Hanging::at("127.0.0.3", hanging.port);
        let said = program(&port_of(&listener), |cx, log| {
            let socket = race(cx, log, &["127.0.0.2", "127.0.0.3", "127.0.0.1"], SHORT);
            let seen = std::cell::Cell::new(0);
            socket.on_connection_attempt(cx, move |cx, socket, attempt| {
                seen.set(seen.get() + usize::from(matches!(attempt, Attempt::TimedOut { .. })));
                if seen.get() == 2 {
                    socket.destroy(cx);
                }
            });
        });
        let lines = [
            "client attempt 127.0.0.2 PORT 4",
            "client attemptTimeout 127.0.0.2 PORT 4",
            "client attempt 127.0.0.3 PORT 4",
            "client attemptTimeout 127.0.0.3 PORT 4",
            "client close false",
        ];
        assert_eq!(said[3..], lines);
        let said = program(&port_of(&listener), |cx, log| {
            let options = ConnectOptions::port(log.number("PORT"))
                .host("name")
                .lookup(Answers(&["127.0.0.2", "127.0.0.3"]))
                .auto_select_family_attempt_timeout(SHORT)
                .connect_timeout(Duration::from_millis(30))
                .race();
            let socket = net::connect(cx, options).unwrap();
            watch(cx, log, "client", socket);
        });
        let last = [
            "client error ERR_SOCKET_CONNECT_TIMEOUT: Not connected within 30 ms",
            "client close true",
        ];
        assert_eq!(said[said.len() - 2..], last);
    });
}

#[test]
fn destroyed_when_an_attempt_begins() {
    scenario(|| {
        let (listener, _hanging) = one_that_is_there_and_one_that_hangs();
        let said = program(&port_of(&listener), |cx, log| {
            let socket = race(cx, log, &["127.0.0.2", "127.0.0.1"], SHORT);
            socket.on_connection_attempt(cx, |cx, socket, _| socket.destroy(cx));
        });
        assert_eq!(
            said[2..],
            ["client attempt 127.0.0.2 PORT 4", "client close false"]
        );
    });
}

#[test]
fn one_that_was_unrefd_stays_so_when_it_is_connected() {
    scenario(|| {
        let (_listener, hanging) = one_that_is_there_and_one_that_hangs();
        let mut env = Env::new().unwrap();
        let options = ConnectOptions::port(hanging.port)
            .host("name")
            .lookup(Answers(&["127.0.0.2", "127.0.0.1"]))
            .auto_select_family_attempt_timeout(SHORT)
            .race();
        let socket = net::connect(&mut env, options).unwrap();
        socket.unref(&mut env);
        // The requests to connect hold the loop, and nothing does after that.
        env.run().unwrap();
        assert_eq!(socket.ready_state(&env), net::ReadyState::Open);
        socket.destroy(&mut env);
        env.run().unwrap();
        Loop::close(env.into_loop()).unwrap();
    });
}
