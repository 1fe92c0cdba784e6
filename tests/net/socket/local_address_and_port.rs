//! A socket that asks for an address and a port of its own.

use std::net::TcpListener;

use uvox::net::{self, ConnectOptions, ServerOptions};

use super::common::{Answers, as_node_does_with, refused_port, scenario, serve, watch};

#[test]
fn it_gets_them() {
    scenario(|| {
        as_node_does_with(
            &[("OWN", refused_port().to_string())],
            r"
        serve(1, {}, (socket) => {
          say(socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.localPort);
          socket.end();
        }, (server, localPort) => {
          const options = { port: localPort, host: '127.0.0.1', localAddress: '127.0.0.5', localPort: OWN };
          const socket = watch('client', net.connect(options)).resume();
          socket.on('ready', () => say(JSON.stringify(socket.address())));
        });
        ",
            |cx, log| {
                let own = log.number("OWN");
                let (log, theirs) = (log.clone(), log.clone());
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    move |cx, socket| {
                        let remote = socket.remote(cx).unwrap();
                        theirs.say(format!(
                            "{} {} {} {}",
                            remote.address,
                            remote.port,
                            remote.family,
                            socket.local_port(cx).unwrap(),
                        ));
                        socket.end(cx);
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port)
                            .host("127.0.0.1")
                            .local_address("127.0.0.5")
                            .local_port(own);
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.resume(cx);
                        socket.on_ready(cx, move |cx, socket| {
                            let address = socket.address(cx).unwrap();
                            log.say(format!(
                                r#"{{"address":"{}","family":"{}","port":{}}}"#,
                                address.address, address.family, address.port,
                            ));
                        });
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "127.0.0.5 OWN IPv4 PORT",
                "client connect",
                "client ready",
                "{\"address\":\"127.0.0.5\",\"family\":\"IPv4\",\"port\":OWN}",
                "client end",
                "client finish",
                "client close false",
            ],
        );
    });
}

#[test]
fn it_cannot_have_them() {
    scenario(|| {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = taken.local_addr().unwrap().port();
        as_node_does_with(
            &[
                ("REFUSED", refused_port().to_string()),
                ("OWN", refused_port().to_string()),
                ("TAKEN", taken.to_string()),
            ],
            r"
        const port = REFUSED;
        const host = '127.0.0.1';
        const connect = (name, options) => watch(name, net.connect({ port, host, ...options }));
        connect('both', { localAddress: '127.0.0.1', localPort: OWN });
        connect('address', { localAddress: '127.0.0.6' });
        connect('foreign', { localAddress: '192.0.2.1' });
        connect('family', { localAddress: '::1' });
        connect('taken', { localAddress: '127.0.0.1', localPort: TAKEN });
        ",
            |cx, log| {
                let options = || ConnectOptions::port(log.number("REFUSED")).host("127.0.0.1");
                let (own, taken) = (log.number("OWN"), log.number("TAKEN"));
                let all = [
                    ("both", options().local_address("127.0.0.1").local_port(own)),
                    ("address", options().local_address("127.0.0.6")),
                    ("foreign", options().local_address("192.0.2.1")),
                    ("family", options().local_address("::1")),
                    (
                        "taken",
                        options().local_address("127.0.0.1").local_port(taken),
                    ),
                ];
                for (name, options) in all {
                    let socket = net::connect(cx, options).unwrap();
                    watch(cx, log, name, socket);
                }
            },
            &[
                "both attempt 127.0.0.1 REFUSED 4",
                "address attempt 127.0.0.1 REFUSED 4",
                "foreign error EADDRNOTAVAIL: bind EADDRNOTAVAIL 192.0.2.1",
                "family error EINVAL: bind EINVAL ::1",
                "taken error EADDRINUSE: bind EADDRINUSE 127.0.0.1:TAKEN",
                "both attemptFailed 127.0.0.1 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED - Local (127.0.0.1:OWN)",
                "both error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED - Local (127.0.0.1:OWN)",
                "address attemptFailed 127.0.0.1 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "address error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "address close true",
                "both close true",
                "taken close true",
                "family close true",
                "foreign close true",
            ],
        );
    });
}

#[test]
fn with_an_address_of_its_own_one_address_is_tried_and_with_a_port_all() {
    scenario(|| {
        as_node_does_with(
            &[
                ("REFUSED", refused_port().to_string()),
                ("OWN", refused_port().to_string()),
            ],
            r"
        const lookup = answers('127.0.0.1', '127.0.0.2');
        const options = { port: REFUSED, host: 'name', lookup };
        const one = watch('one', net.connect({ ...options, localAddress: '127.0.0.1' }));
        one.on('close', () => watch('all', net.connect({ ...options, localPort: OWN })));
        ",
            |cx, log| {
                let own = log.number("OWN");
                let options = ConnectOptions::port(log.number("REFUSED"))
                    .host("name")
                    .lookup(Answers(&["127.0.0.1", "127.0.0.2"]));
                let one = net::connect(cx, options.clone().local_address("127.0.0.1")).unwrap();
                watch(cx, log, "one", one);
                let log = log.clone();
                one.on_close(cx, move |cx, _, _| {
                    let all = net::connect(cx, options.clone().local_port(own)).unwrap();
                    watch(cx, &log, "all", all);
                });
            },
            &[
                "one lookup 127.0.0.1 4 name",
                "one attempt 127.0.0.1 REFUSED 4",
                "one attemptFailed 127.0.0.1 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "one error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED",
                "one close true",
                "all lookup 127.0.0.1 4 name",
                "all lookup 127.0.0.2 4 name",
                "all attempt 127.0.0.1 REFUSED 4",
                "all attemptFailed 127.0.0.1 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED - Local (0.0.0.0:OWN)",
                "all attempt 127.0.0.2 REFUSED 4",
                "all attemptFailed 127.0.0.2 REFUSED 4 ECONNREFUSED: connect ECONNREFUSED 127.0.0.2:REFUSED - Local (0.0.0.0:OWN)",
                "all error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:REFUSED - Local (0.0.0.0:OWN); connect ECONNREFUSED 127.0.0.2:REFUSED - Local (0.0.0.0:OWN)",
                "all close true",
            ],
        );
    });
}
