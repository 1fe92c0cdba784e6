//! What is wrong from the outset is an error of the call, and nothing happens then.

use uvox::Error;
use uvox::net::{ListenOptions, ServerOptions};

use super::common::{Log, as_node, loopback, program, scenario, server};

fn attempt(log: &Log, what: &str, result: Result<(), Error>) {
    match result {
        Ok(()) => log.say(format!("{what} ok")),
        Err(error) => log.error(what, &error),
    }
}

#[test]
fn listening_twice() {
    let code = "
        const server = watch(net.createServer());
        attempt('first', () => server.listen(0));
        attempt('second', () => server.listen(0));
        server.once('listening', () => {
          attempt('third', () => server.listen(70000));
          server.close();
          attempt('fourth', () => server.listen(0, () => { say('again'); server.close(); }));
        });
    ";
    let twice = "ERR_SERVER_ALREADY_LISTEN|Listen method has been called more than once without closing.|-|-|-";
    let (second, third) = (format!("second {twice}"), format!("third {twice}"));
    let lines = [
        "first ok",
        &second,
        "listening",
        &third,
        "fourth ok",
        "close",
        "listening",
        "again",
        "close",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        attempt(&log, "first", server.listen(cx, ListenOptions::port(0)));
        attempt(&log, "second", server.listen(cx, ListenOptions::port(0)));
        server.once_listening(cx, move |cx, server| {
            let third = server.listen(cx, ListenOptions::port(70000));
            attempt(&log, "third", third);
            server.close(cx);
            let note = log.clone();
            let fourth = server.listen_then(cx, ListenOptions::port(0), move |cx, server| {
                note.say("again");
                server.close(cx);
            });
            attempt(&log, "fourth", fourth);
        });
    });
}

#[test]
fn ports_out_of_range() {
    let code = "
        const server = watch(net.createServer());
        attempt('large', () => server.listen(65536));
        attempt('negative', () => server.listen({ port: -1, host: '127.0.0.1' }));
        say(server.listening);
    ";
    let lines = [
        "large ERR_SOCKET_BAD_PORT|options.port should be >= 0 and < 65536. Received type number (65536).|-|-|-",
        "negative ERR_SOCKET_BAD_PORT|options.port should be >= 0 and < 65536. Received type number (-1).|-|-|-",
        "false",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        let large = server.listen(cx, ListenOptions::port(65536));
        attempt(&log, "large", large);
        let negative = server.listen(cx, ListenOptions::port(-1).host("127.0.0.1"));
        attempt(&log, "negative", negative);
        log.say(server.is_listening(cx));
    });
}

/// Node cuts a path that is too long, has other words for an empty one, and takes a name up to a zero byte in the middle.
#[test]
fn paths_that_cannot_be() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            let long = format!("/tmp/{}", "x".repeat(200));
            let error = server.listen(cx, ListenOptions::path(&long)).unwrap_err();
            let message = format!("listen ENAMETOOLONG: name too long {long}");
            assert_eq!(
                (error.to_string(), error.address()),
                (message, Some(&*long))
            );
            attempt(&log, "empty", server.listen(cx, ListenOptions::path("")));
            attempt(
                &log,
                "zero",
                server.listen(cx, ListenOptions::path("/tmp/a\0b")),
            );
            let abstract_ = ListenOptions::path("\0uvox/mode").readable_all(true);
            attempt(&log, "mode", server.listen(cx, abstract_));
            assert!(!server.is_listening(cx));
        });
        let lines = [
            "empty EINVAL|listen EINVAL: invalid argument|listen||-",
            "zero EINVAL|listen EINVAL: invalid argument /tmp/a\0b|listen|/tmp/a\0b|-",
            "mode ERR_INVALID_ARG_VALUE|can not set readableAll or writableAll when path is an abstract unix socket|-|-|-",
        ];
        assert_eq!(said, lines);
    });
}

/// None of them has harmed it.
#[test]
fn afterwards_it_listens() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = uvox::net::create_server(cx, ServerOptions::new(), |_, _, _| ());
            log.watch(cx, server);
            let late = log.clone();
            let bad = ListenOptions::port(65536);
            let heard = server.listen_then(cx, bad, move |_, _| late.say("as in Node"));
            assert_eq!(heard.unwrap_err().code(), "ERR_SOCKET_BAD_PORT");
            server.listen(cx, loopback()).unwrap();
            server.on_listening(cx, |cx, server| server.close(cx));
        });
        assert_eq!(said, ["listening", "as in Node", "close"]);
    });
}
