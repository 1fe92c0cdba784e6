//! Without a host it is `::`, which is IPv4, too; where there is no IPv6, `0.0.0.0`; and IPv6 alone, if that is asked for.

use std::net::{Ipv4Addr, Ipv6Addr, TcpStream};

use uvox::event_loop::sys::fault::{self, Effect, Fault};
use uvox::event_loop::{Ctx, Errno};
use uvox::net::{Address, ListenOptions, Server};

use super::common::{as_node, program, scenario, server};

fn address(cx: &mut Ctx, server: Server) -> String {
    match server.address(cx) {
        Some(Address::Ip(info)) => info.address,
        other => panic!("{other:?}"),
    }
}

fn can_connect(cx: &mut Ctx, server: Server) -> (bool, bool) {
    let port = server.port(cx).unwrap();
    (
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok(),
        TcpStream::connect((Ipv6Addr::LOCALHOST, port)).is_ok(),
    )
}

#[test]
fn both() {
    scenario(|| {
        program(|cx, _| {
            let server = server(cx);
            server.listen(cx, ListenOptions::port(0)).unwrap();
            assert_eq!(address(cx, server), "::");
            assert_eq!(can_connect(cx, server), (true, true));
            server.on_connection(cx, |cx, _, socket| socket.destroy(cx));
            server.close(cx);
        });
    });
}

/// Making an IPv6 socket fails, and so does binding one.
#[test]
fn no_ipv6() {
    scenario(|| {
        for (call, errno) in [
            ("socket", Errno::EAFNOSUPPORT),
            ("bind", Errno::EADDRNOTAVAIL),
        ] {
            let said = program(|cx, log| {
                let server = server(cx);
                log.watch(cx, server);
                // The first one opened is the reserve of descriptors.
                let warm = super::common::server(cx);
                warm.listen(cx, ListenOptions::port(0)).unwrap();
                warm.close(cx);
                let faults = fault::plan([Fault::new(call, 1, Effect::Fail(errno))]);
                server.listen(cx, ListenOptions::port(0)).unwrap();
                assert_eq!(faults.left(), 0);
                assert_eq!(address(cx, server), "0.0.0.0");
                assert_eq!(can_connect(cx, server), (true, false));
                server.on_connection(cx, |cx, server, socket| {
                    socket.destroy(cx);
                    server.close(cx);
                });
            });
            assert_eq!(said, ["listening", "connection", "close"]);
        }
    });
}

/// Who asks for IPv6 alone does not get IPv4 for it.
#[test]
fn no_ipv6_where_nothing_else_will_do() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            let fault = Fault::new("socket", 1, Effect::Fail(Errno::EAFNOSUPPORT));
            let faults = fault::plan([fault]);
            server
                .listen(cx, ListenOptions::port(0).ipv6_only(true))
                .unwrap();
            assert_eq!(faults.left(), 0);
        });
        let line =
            "error EAFNOSUPPORT|listen EAFNOSUPPORT: address family not supported ::|listen|::|-";
        assert_eq!(said, [line]);
    });
}

#[test]
fn ipv6_only() {
    let code = "
        const six = watch(net.createServer()).listen({ port: 0, host: '::', ipv6Only: true }, () => {
          const four = watch(net.createServer()).listen(six.address().port, '0.0.0.0', () => {
            say(four.address().port === six.address().port);
            four.close();
            six.close();
          });
        });
    ";
    let lines = ["listening", "listening", "true", "close", "close"];
    for host in [Some("::"), None] {
        as_node(&lines, code, |cx, log| {
            let six = server(cx);
            log.watch(cx, six);
            let mut options = ListenOptions::port(0).ipv6_only(true);
            if let Some(host) = host {
                options = options.host(host);
            }
            let listening = move |cx: &mut Ctx, six: Server| {
                let port = six.port(cx).unwrap();
                let four = server(cx);
                log.watch(cx, four);
                let listening = move |cx: &mut Ctx, four: Server| {
                    log.say(four.port(cx) == Some(port));
                    four.close(cx);
                    six.close(cx);
                };
                let options = ListenOptions::port(port).host("0.0.0.0");
                four.listen_then(cx, options, listening).unwrap();
            };
            six.listen_then(cx, options, listening).unwrap();
        });
    }
}

/// Several share a port, if all of them say so; one that does not finds it in use.
#[test]
fn reuse_port() {
    for host in [None, Some("127.0.0.1"), Some("::1")] {
        scenario(|| {
            let said = program(|cx, log| {
                let options = move |port: u16| match host {
                    Some(host) => ListenOptions::port(port).host(host),
                    None => ListenOptions::port(port),
                };
                let one = server(cx);
                let listening = move |cx: &mut Ctx, one: Server| {
                    let port = one.port(cx).unwrap();
                    let (two, three) = (server(cx), server(cx));
                    let shared = options(port).reuse_port(true);
                    two.listen(cx, shared).unwrap();
                    let note = log.clone();
                    two.on_listening(cx, move |cx, two| {
                        note.say(two.port(cx) == Some(port));
                        two.close(cx);
                    });
                    three.listen(cx, options(port)).unwrap();
                    three.on_error(cx, move |cx, _, error| {
                        log.say(error.code());
                        one.close(cx);
                    });
                };
                let first = options(0).reuse_port(true);
                one.listen_then(cx, first, listening).unwrap();
            });
            assert_eq!(said, ["true", "EADDRINUSE"]);
        });
    }
}
