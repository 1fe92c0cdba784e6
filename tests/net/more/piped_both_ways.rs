//! Two pipes are a proxy, and one pipe is an echo.

use uvox::net::{self, ConnectOptions, ListenOptions, PipeOptions, ServerOptions, SocketOptions};
use uvox_testing::{Seen, scenario};

use super::{IS_LINUX, expect, pattern, program};

const TOTAL: usize = 4 << 20;

fn half_open() -> SocketOptions {
    SocketOptions::new().allow_half_open(true)
}

/// A server echoes within the kernel; a proxy stands before it, which pipes before it is connected; a client sends, and hears all of it, and the end.
#[test]
fn a_client_a_proxy_and_an_echo() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let options = || ServerOptions::new().allow_half_open(true);
            let record_echo = record.clone();
            let echo = net::create_server(cx, options(), move |cx, server, socket| {
                let record = record_echo.clone();
                let piped = socket.pipe_in_kernel(cx, socket, PipeOptions::default(), {
                    move |_, result| record.add(format!("echo {}", result.unwrap().bytes))
                });
                piped.unwrap();
                assert_eq!(socket.is_spliced(cx), IS_LINUX);
                server.close(cx);
            });
            let record = record.clone();
            echo.on_listening(cx, move |cx, echo| {
                let behind = echo.port(cx).unwrap();
                let record_proxy = record.clone();
                let proxy = net::create_server(cx, options(), move |cx, server, near| {
                    let far = net::Socket::new(cx, half_open()).unwrap();
                    far.connect(cx, ConnectOptions::port(behind).host("127.0.0.1"))
                        .unwrap();
                    for (one, other, name) in [(near, far, "to"), (far, near, "from")] {
                        let record = record_proxy.clone();
                        let options = PipeOptions::default();
                        let piped = one.pipe_in_kernel(cx, other, options, move |_, result| {
                            record.add(format!("{name} {}", result.unwrap().bytes));
                        });
                        piped.unwrap();
                    }
                    far.on_ready(cx, move |cx, _| {
                        assert_eq!([near, far].map(|one| one.is_spliced(cx)), [IS_LINUX; 2]);
                    });
                    server.close(cx);
                });
                let record = record.clone();
                proxy.on_listening(cx, move |cx, proxy| {
                    let port = proxy.port(cx).unwrap();
                    let client = net::Socket::new(cx, half_open()).unwrap();
                    client
                        .connect(cx, ConnectOptions::port(port).host("127.0.0.1"))
                        .unwrap();
                    client.end_with(cx, pattern(TOTAL));
                    let record = record.clone();
                    expect(cx, client, move |_, at| {
                        if at == TOTAL {
                            record.add(format!("client {at}"));
                        }
                    });
                });
                proxy
                    .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
                    .unwrap();
            });
            echo.listen(cx, ListenOptions::port(0).host("127.0.0.1"))
                .unwrap();
        });
        let mut seen = seen.take();
        seen.sort();
        let expected = ["client", "echo", "from", "to"].map(|name| format!("{name} {TOTAL}"));
        assert_eq!(seen, expected);
    });
}

/// An echo of a socket that may not be half-open ends itself at the other's end, as it would by hand.
#[test]
fn an_echo_that_is_not_half_open() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let (own, peer) = uvox_testing::tcp_pair();
            let echo = super::socket(cx, own, SocketOptions::new());
            let piped = echo.pipe_in_kernel(cx, echo, PipeOptions::default(), move |_, result| {
                record.add(result.unwrap().bytes);
            });
            piped.unwrap();
            let client = super::socket(cx, peer, half_open());
            client.end_with(cx, pattern(TOTAL));
            client.resume(cx);
        });
        assert_eq!(seen.all(), [TOTAL as u64]);
    });
}
