//! A lookup whose server was closed meanwhile, or listens elsewhere, is not heard.

use uvox::net::{Address, ListenOptions};

use super::common::{as_node, loopback, program, scenario, server};

#[test]
fn closed_during_a_lookup() {
    let code = "
        const server = watch(net.createServer());
        server.listen(0, 'localhost', () => say('never'));
        server.close((e) => say(e.code));
    ";
    as_node(&["close", "ERR_SERVER_NOT_RUNNING"], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        let options = ListenOptions::port(0).host("localhost");
        let never = log.clone();
        server
            .listen_then(cx, options, move |_, _| never.say("never"))
            .unwrap();
        server.close_then(cx, move |_, result| log.say(result.unwrap_err().code()));
    });
}

#[test]
fn told_to_listen_elsewhere() {
    let code = "
        const server = watch(net.createServer());
        server.listen(0, 'no-such.invalid');
        server.listen(0, '::1');
        server.on('listening', () => { say(server.address().address); server.close(); });
    ";
    as_node(&["listening", "::1", "close"], code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        let nowhere = ListenOptions::port(0).host("no-such.invalid");
        server.listen(cx, nowhere).unwrap();
        server
            .listen(cx, ListenOptions::port(0).host("::1"))
            .unwrap();
        server.on_listening(cx, move |cx, server| {
            let Some(Address::Ip(info)) = server.address(cx) else {
                panic!("it has an address");
            };
            log.say(info.address);
            server.close(cx);
        });
    });
}

/// Nobody is told of anything when it is released.
#[test]
fn released_during_a_lookup() {
    scenario(|| {
        let said = program(|cx, log| {
            let one = server(cx);
            log.watch(cx, one);
            one.listen(cx, loopback()).unwrap();
            one.release(cx);
            let two = server(cx);
            two.listen(cx, ListenOptions::path("/no/such/directory/x"))
                .unwrap();
            two.release(cx);
        });
        assert!(said.is_empty(), "{said:?}");
    });
}
