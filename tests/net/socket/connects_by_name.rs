//! A name is looked up first: 'lookup', and what comes of it.

use uvox::dns::Family;
use uvox::net::{self, ConnectOptions, ServerOptions};

use super::common::{
    Answers, as_node_does, as_node_does_with, refused_port, scenario, serve, watch,
};

#[test]
fn one_address_of_those_that_are_found() {
    scenario(|| {
        as_node_does(
            r"
        serve(2, {}, (socket) => socket.end(), (server, port) => {
          const lookup = answers('127.0.0.1', '127.0.0.2');
          const one = watch('one', net.connect({ port, host: 'name', lookup, autoSelectFamily: false }));
          one.resume().on('close', () => {
            watch('four', net.connect({ port, host: 'name', lookup, family: 4 })).resume();
          });
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    2,
                    ServerOptions::new(),
                    |cx, socket| socket.end(cx),
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port)
                            .host("name")
                            .lookup(Answers(&["127.0.0.1", "127.0.0.2"]));
                        let one =
                            net::connect(cx, options.clone().auto_select_family(false)).unwrap();
                        watch(cx, &log, "one", one);
                        one.resume(cx);
                        one.on_close(cx, move |cx, _, _| {
                            let four =
                                net::connect(cx, options.clone().family(Family::V4)).unwrap();
                            watch(cx, &log, "four", four);
                            four.resume(cx);
                        });
                    },
                );
            },
            &[
                "one lookup 127.0.0.1 4 name",
                "one attempt 127.0.0.1 PORT 4",
                "one connect",
                "one ready",
                "one end",
                "one finish",
                "one close false",
                "four lookup 127.0.0.1 4 name",
                "four attempt 127.0.0.1 PORT 4",
                "four connect",
                "four ready",
                "four end",
                "four finish",
                "four close false",
            ],
        );
    });
}

#[test]
fn a_name_that_nobody_has() {
    scenario(|| {
        as_node_does(
            r"
        const failed = (host, options, callback) => process.nextTick(() => {
          callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
        });
        watch('several', net.connect({ port: 1, host: 'nobody', lookup: failed }));
        watch('one', net.connect({ port: 1, host: 'nobody', lookup: failed, autoSelectFamily: false }));
        ",
            |cx, log| {
                let options = ConnectOptions::port(1).host("nobody").lookup(Nobody);
                let several = net::connect(cx, options.clone()).unwrap();
                watch(cx, log, "several", several);
                let one = net::connect(cx, options.auto_select_family(false)).unwrap();
                watch(cx, log, "one", one);
            },
            &[
                "several lookup ENOTFOUND: getaddrinfo ENOTFOUND nobody nobody",
                "one lookup ENOTFOUND: getaddrinfo ENOTFOUND nobody nobody",
                "several error ENOTFOUND: getaddrinfo ENOTFOUND nobody",
                "one error ENOTFOUND: getaddrinfo ENOTFOUND nobody",
                "one close true",
                "several close true",
            ],
        );
    });
}

struct Nobody;

impl uvox::dns::Resolver for Nobody {
    fn lookup(
        &self,
        cx: &mut uvox::event_loop::Ctx,
        hostname: &str,
        _: &uvox::dns::LookupOptions,
        answer: uvox::dns::Answer,
    ) {
        let message = format!("getaddrinfo ENOTFOUND {hostname}");
        let error = uvox::Error::new("ENOTFOUND", message);
        uvox::env::next_tick(cx, move |cx| answer(cx, Err(error)));
    }
}

#[test]
fn destroyed_while_it_is_looked_up() {
    scenario(|| {
        as_node_does(
            r"
        const lookup = answers('127.0.0.1', '127.0.0.2');
        const several = watch('several', net.connect({ port: 1, host: 'name', lookup }));
        several.destroy();
        const one = watch('one', net.connect({ port: 1, host: 'name', lookup, autoSelectFamily: false }));
        one.destroy();
        const first = watch('first', net.connect({ port: 1, host: 'name', lookup }));
        first.once('lookup', () => first.destroy());
        ",
            |cx, log| {
                let options = ConnectOptions::port(1)
                    .host("name")
                    .lookup(Answers(&["127.0.0.1", "127.0.0.2"]));
                let several = net::connect(cx, options.clone()).unwrap();
                watch(cx, log, "several", several).destroy(cx);
                let one = net::connect(cx, options.clone().auto_select_family(false)).unwrap();
                watch(cx, log, "one", one).destroy(cx);
                let first = net::connect(cx, options).unwrap();
                watch(cx, log, "first", first);
                first.on_lookup(cx, |cx, socket, _| socket.destroy(cx));
            },
            &[
                "one lookup 127.0.0.1 4 name",
                "first lookup 127.0.0.1 4 name",
                "first close false",
                "one close false",
                "several close false",
            ],
        );
    });
}

#[test]
fn an_address_is_not_looked_up() {
    scenario(|| {
        as_node_does_with(
            &[("REFUSED", refused_port().to_string())],
            r"
        const lookup = () => say('never');
        watch('client', net.connect({ port: REFUSED, host: '127.0.0.1', lookup }));
        ",
            |cx, log| {
                let options = ConnectOptions::port(log.number("REFUSED"))
                    .host("127.0.0.1")
                    .lookup(super::common::Silent);
                let socket = net::connect(cx, options).unwrap();
                watch(cx, log, "client", socket);
            },
            &[
                "client attempt 127.0.0.1 REFUSED 4",
                "client attemptFailed 127.0.0.1 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "client error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "client close true",
            ],
        );
    });
}
