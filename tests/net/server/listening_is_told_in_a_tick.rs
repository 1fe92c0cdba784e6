//! A server without a host listens at once; with one, when it was looked up. Either way it is told in a tick.

use uvox::env;
use uvox::net::ListenOptions;

use super::common::{as_node, loopback, server};

#[test]
fn without_a_host() {
    let code = "
        const server = watch(net.createServer());
        say(`${server.listening} ${server.address()}`);
        server.listen(0, () => { say('callback'); server.close(() => say('closed')); });
        say(`${server.listening} ${server.address().address} ${server.address().family} ${server.address().port > 0}`);
        process.nextTick(() => say('tick'));
    ";
    let lines = [
        "false null",
        "true :: IPv6 true",
        "listening",
        "callback",
        "tick",
        "close",
        "closed",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        assert!(server.address(cx).is_none());
        log.say(format!("{} null", server.is_listening(cx)));
        let note = log.clone();
        let listening = move |cx: &mut _, server: uvox::net::Server| {
            note.say("callback");
            let note = note.clone();
            server.close_then(cx, move |_, result| {
                result.unwrap();
                note.say("closed");
            });
        };
        server
            .listen_then(cx, ListenOptions::port(0), listening)
            .unwrap();
        let Some(uvox::net::Address::Ip(info)) = server.address(cx) else {
            panic!("it has an address");
        };
        log.say(format!(
            "{} {} {} {}",
            server.is_listening(cx),
            info.address,
            info.family,
            info.port > 0
        ));
        env::next_tick(cx, move |_| log.say("tick"));
    });
}

#[test]
fn with_a_host() {
    let code = "
        const server = watch(net.createServer());
        server.listen(0, '127.0.0.1');
        say(`${server.listening} ${server.address()}`);
        process.nextTick(() => { say(`tick ${server.listening}`); process.nextTick(() => say('tick')); });
        server.on('listening', () => { say(`${server.address().address} ${server.address().family}`); server.close(); });
    ";
    let lines = [
        "false null",
        "tick true",
        "listening",
        "127.0.0.1 IPv4",
        "tick",
        "close",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, loopback()).unwrap();
        assert!(server.address(cx).is_none());
        log.say(format!("{} null", server.is_listening(cx)));
        let note = log.clone();
        env::next_tick(cx, move |cx| {
            note.say(format!("tick {}", server.is_listening(cx)));
            env::next_tick(cx, move |_| note.say("tick"));
        });
        server.on_listening(cx, move |cx, server| {
            let Some(uvox::net::Address::Ip(info)) = server.address(cx) else {
                panic!("it has an address");
            };
            log.say(format!("{} {}", info.address, info.family));
            server.close(cx);
        });
    });
}

/// An empty host is none; a name is one of an address.
#[test]
fn empty_hosts_and_names() {
    let code = "
        const one = watch(net.createServer()).listen(0, '');
        say(one.address().address);
        one.close(() => {
          const other = watch(net.createServer()).listen(0, 'localhost', () => {
            say(net.isIP(other.address().address) > 0);
            other.close();
          });
        });
    ";
    let lines = ["::", "close", "listening", "true", "close"];
    as_node(&lines, code, |cx, log| {
        let one = server(cx);
        log.watch(cx, one);
        one.listen(cx, ListenOptions::port(0).host("")).unwrap();
        let Some(uvox::net::Address::Ip(info)) = one.address(cx) else {
            panic!("it has an address");
        };
        log.say(&info.address);
        one.close_then(cx, move |cx, _| {
            let other = server(cx);
            log.watch(cx, other);
            let options = ListenOptions::port(0).host("localhost");
            let listening = move |cx: &mut _, other: uvox::net::Server| {
                let Some(uvox::net::Address::Ip(info)) = other.address(cx) else {
                    panic!("it has an address");
                };
                log.say(uvox::net::is_ip(&info.address) > 0);
                other.close(cx);
            };
            other.listen_then(cx, options, listening).unwrap();
        });
    });
}

/// Whatever the resolver says: it is the error, and nobody listens.
#[test]
fn a_host_that_nobody_knows() {
    let code = "
        const server = net.createServer();
        server.on('error', (e) => say(`${e.syscall} ${e.message === `getaddrinfo ${e.code} no-such.invalid`} ${server.listening}`));
        server.listen(0, 'no-such.invalid');
    ";
    as_node(&["getaddrinfo true false"], code, |cx, log| {
        let server = server(cx);
        server.on_error(cx, move |cx, server, error| {
            let message = format!("getaddrinfo {} no-such.invalid", error.code());
            log.say(format!(
                "{} {} {}",
                error.syscall().unwrap(),
                error.to_string() == message,
                server.is_listening(cx)
            ));
        });
        let options = ListenOptions::port(0).host("no-such.invalid");
        server.listen(cx, options).unwrap();
    });
}
