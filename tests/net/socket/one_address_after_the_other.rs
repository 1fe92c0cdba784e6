//! Of several addresses one is tried after the other (`autoSelectFamily`).

use std::time::Duration;

use uvox::net::{self, ConnectOptions};

use super::common::{Answers, Hanging, as_node_does_with, refused_port, scenario, watch};

/// However long a machine takes to say that a connection is refused, it is not given up before.
const LONG: Duration = Duration::from_secs(1000);

/// A listener on one address, of whose port nobody listens on others.
fn listening(ip: &str) -> (std::net::TcpListener, u16) {
    let listener = std::net::TcpListener::bind((ip, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn refused_until_one_is_there() {
    scenario(|| {
        let (_listener, port) = listening("127.0.0.3");
        as_node_does_with(
            &[("PORT", port.to_string())],
            r"
        const lookup = answers('127.0.0.1', '127.0.0.1', '::1', '127.0.0.2', '127.0.0.3', '127.0.0.4');
        const socket = watch('client', net.connect({ port: PORT, host: 'name', lookup, autoSelectFamilyAttemptTimeout: 1e6 }));
        socket.write('text', outcome('written'));
        socket.on('ready', () => {
          say(socket.remoteAddress, socket.connecting, socket.pending);
          socket.destroy();
        });
        ",
            |cx, log| {
                let lookup = Answers(&[
                    "127.0.0.1",
                    "127.0.0.1",
                    "::1",
                    "127.0.0.2",
                    "127.0.0.3",
                    "127.0.0.4",
                ]);
                let options = ConnectOptions::port(log.number("PORT"))
                    .host("name")
                    .auto_select_family_attempt_timeout(LONG)
                    .lookup(lookup);
                let socket = net::connect(cx, options).unwrap();
                watch(cx, log, "client", socket);
                socket.write_then(cx, "text", super::common::outcome(log, "written"));
                let log = log.clone();
                socket.on_ready(cx, move |cx, socket| {
                    log.say(format!(
                        "{} {} {}",
                        socket.remote_address(cx).unwrap(),
                        socket.is_connecting(cx),
                        socket.is_pending(cx)
                    ));
                    socket.destroy(cx);
                });
            },
            &[
                "client lookup 127.0.0.1 4 name",
                "client lookup 127.0.0.1 4 name",
                "client lookup ::1 6 name",
                "client lookup 127.0.0.2 4 name",
                "client lookup 127.0.0.3 4 name",
                "client lookup 127.0.0.4 4 name",
                "client attempt 127.0.0.1 PORT 4",
                "client attemptFailed 127.0.0.1 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:PORT",
                "client attempt ::1 PORT 6",
                "client attemptFailed ::1 PORT 6 ECONNREFUSED: connect ECONNREFUSED ::1:PORT",
                "client attempt 127.0.0.2 PORT 4",
                "client attemptFailed 127.0.0.2 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.2:PORT",
                "client attempt 127.0.0.3 PORT 4",
                "client connect",
                "written ok",
                "client ready",
                "127.0.0.3 false false",
                "client close false",
            ],
        );
    });
}

#[test]
fn all_are_refused() {
    scenario(|| {
        as_node_does_with(
            &[("REFUSED", refused_port().to_string())],
            r"
        const lookup = answers('127.0.0.1', '127.0.0.2');
        const socket = watch('client', net.connect({ port: REFUSED, host: 'name', lookup, autoSelectFamilyAttemptTimeout: 1e6 }));
        socket.on('error', (error) => say(error.errors.length, error.errors[0].address, error.errors[1].port, error.errors[1].syscall));
        ",
            |cx, log| {
                let lookup = Answers(&["127.0.0.1", "127.0.0.2"]);
                let options = ConnectOptions::port(log.number("REFUSED"))
                    .host("name")
                    .auto_select_family_attempt_timeout(LONG)
                    .lookup(lookup);
                let socket = net::connect(cx, options).unwrap();
                watch(cx, log, "client", socket);
                let log = log.clone();
                socket.on_error(cx, move |_, _, error| {
                    let errors = error.errors();
                    log.say(format!(
                        "{} {} {} {}",
                        errors.len(),
                        errors[0].address().unwrap(),
                        errors[1].port().unwrap(),
                        errors[1].syscall().unwrap(),
                    ));
                });
            },
            &[
                "client lookup 127.0.0.1 4 name",
                "client lookup 127.0.0.2 4 name",
                "client attempt 127.0.0.1 REFUSED 4",
                "client attemptFailed 127.0.0.1 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "client attempt 127.0.0.2 REFUSED 4",
                "client attemptFailed 127.0.0.2 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.2:REFUSED",
                "client error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED; connect ECONNREFUSED 127.0.0.2:REFUSED",
                "2 127.0.0.1 REFUSED connect",
                "client close true",
            ],
        );
    });
}

#[test]
fn one_that_does_not_answer_is_given_up() {
    scenario(|| {
        let (_listener, port) = listening("127.0.0.1");
        let _hanging = Hanging::at("127.0.0.2", port);
        as_node_does_with(
            &[("PORT", port.to_string())],
            r"
        const options = { port: PORT, host: 'name', autoSelectFamilyAttemptTimeout: 20 };
        const there = watch('there', net.connect({ ...options, lookup: answers('127.0.0.2', '127.0.0.1') }));
        there.on('ready', () => there.destroy());
        there.on('close', () => {
          const gone = net.connect({ ...options, lookup: answers('127.0.0.2', '127.0.0.3') });
          watch('gone', gone);
        });
        ",
            |cx, log| {
                let options = ConnectOptions::port(log.number("PORT"))
                    .host("name")
                    .auto_select_family_attempt_timeout(Duration::from_millis(20));
                let lookup = Answers(&["127.0.0.2", "127.0.0.1"]);
                let there = net::connect(cx, options.clone().lookup(lookup)).unwrap();
                watch(cx, log, "there", there);
                there.on_ready(cx, |cx, socket| socket.destroy(cx));
                let log = log.clone();
                there.on_close(cx, move |cx, _, _| {
                    let lookup = Answers(&["127.0.0.2", "127.0.0.3"]);
                    let gone = net::connect(cx, options.clone().lookup(lookup)).unwrap();
                    watch(cx, &log, "gone", gone);
                });
            },
            &[
                "there lookup 127.0.0.2 4 name",
                "there lookup 127.0.0.1 4 name",
                "there attempt 127.0.0.2 PORT 4",
                "there attemptTimeout 127.0.0.2 PORT 4",
                "there attempt 127.0.0.1 PORT 4",
                "there connect",
                "there ready",
                "there close false",
                "gone lookup 127.0.0.2 4 name",
                "gone lookup 127.0.0.3 4 name",
                "gone attempt 127.0.0.2 PORT 4",
                "gone attemptTimeout 127.0.0.2 PORT 4",
                "gone attempt 127.0.0.3 PORT 4",
                "gone attemptFailed 127.0.0.3 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.3:PORT",
                "gone error ETIMEDOUT: connect ETIMEDOUT 127.0.0.2:PORT; connect ECONNREFUSED 127.0.0.3:PORT",
                "gone close true",
            ],
        );
    });
}

#[test]
fn destroyed_between_two_attempts() {
    scenario(|| {
        let (_listener, port) = listening("127.0.0.1");
        let _hanging = Hanging::at("127.0.0.2", port);
        as_node_does_with(
            &[("PORT", port.to_string())],
            r"
        const connect = (name, ...found) => watch(name, net.connect({
          port: PORT, host: 'name', autoSelectFamilyAttemptTimeout: name === 'late' ? 20 : 1e6, lookup: answers(...found),
        }));
        const failed = connect('failed', '127.0.0.3', '127.0.0.1');
        failed.on('connectionAttemptFailed', () => failed.destroy());
        failed.on('close', () => {
          const late = connect('late', '127.0.0.2', '127.0.0.1');
          late.on('connectionAttemptTimeout', () => late.destroy());
        });
        ",
            |cx, log| {
                let options = ConnectOptions::port(log.number("PORT"))
                    .host("name")
                    .auto_select_family_attempt_timeout(LONG);
                let lookup = Answers(&["127.0.0.3", "127.0.0.1"]);
                let failed = net::connect(cx, options.clone().lookup(lookup)).unwrap();
                watch(cx, log, "failed", failed);
                failed.on_connection_attempt(cx, |cx, socket, attempt| {
                    if matches!(attempt, net::Attempt::Failed { .. }) {
                        socket.destroy(cx);
                    }
                });
                let log = log.clone();
                failed.on_close(cx, move |cx, _, _| {
                    let lookup = Answers(&["127.0.0.2", "127.0.0.1"]);
                    let options = options
                        .clone()
                        .auto_select_family_attempt_timeout(Duration::from_millis(20));
                    let late = net::connect(cx, options.lookup(lookup)).unwrap();
                    watch(cx, &log, "late", late);
                    late.on_connection_attempt(cx, |cx, socket, attempt| {
                        if matches!(attempt, net::Attempt::TimedOut { .. }) {
                            socket.destroy(cx);
                        }
                    });
                });
            },
            &[
                "failed lookup 127.0.0.3 4 name",
                "failed lookup 127.0.0.1 4 name",
                "failed attempt 127.0.0.3 PORT 4",
                "failed attemptFailed 127.0.0.3 PORT 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.3:PORT",
                "failed close false",
                "late lookup 127.0.0.2 4 name",
                "late lookup 127.0.0.1 4 name",
                "late attempt 127.0.0.2 PORT 4",
                "late attemptTimeout 127.0.0.2 PORT 4",
                "late close false",
            ],
        );
    });
}
