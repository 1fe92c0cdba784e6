//! What every scenario is run in.

use std::net::{IpAddr, SocketAddr, TcpListener};

use uvox_loop::sys::SockRef;
use uvox_loop::trace::{Layer, Recorder};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_stream::uv::Connection;
use uvox_tcp::uv::{BindFlags, Tcp};
pub(crate) use uvox_testing::{Seen, close, end, scenario, until};

/// The addresses that scenarios run on: IPv4's, and IPv6's if the machine has it.
pub(crate) fn hosts() -> Vec<IpAddr> {
    let hosts = ["127.0.0.1", "::1"].map(|host| host.parse::<IpAddr>().unwrap());
    let (there, missing): (Vec<_>, Vec<_>) = hosts
        .into_iter()
        .partition(|host| TcpListener::bind((*host, 0)).is_ok());
    for host in missing {
        println!("this machine does not have {host}");
    }
    assert!(!there.is_empty());
    there
}

/// Whether the machine has IPv6.
pub(crate) fn has_ipv6() -> bool {
    hosts().iter().any(IpAddr::is_ipv6)
}

/// Port 0 of a host, which stands for any.
pub(crate) fn any_port(host: impl Into<IpAddr>) -> SocketAddr {
    SocketAddr::new(host.into(), 0)
}

/// An address where nobody listens.
pub(crate) fn nobody(host: IpAddr) -> SocketAddr {
    TcpListener::bind((host, 0)).unwrap().local_addr().unwrap()
}

/// A listener on any port, and its address.
pub(crate) fn listener(
    cx: &mut Ctx,
    host: IpAddr,
    on_connection: impl FnMut(&mut Ctx, Tcp, Result<Connection, Errno>) + 'static,
) -> (Tcp, SocketAddr) {
    let server = Tcp::new(cx);
    server.bind(cx, any_port(host), BindFlags::NONE).unwrap();
    server.listen(cx, 511, on_connection).unwrap();
    let address = server.getsockname(cx).unwrap();
    (server, address)
}

/// Two handles that are connected with each other: the one that connected, and the one that was accepted.
pub(crate) fn connected(lp: &mut Loop, host: IpAddr) -> (Tcp, Tcp) {
    let (ours, theirs) = (Seen::new(), Seen::new());
    let accepted = theirs.clone();
    let (server, address) = listener(lp, host, move |cx, server, connection| {
        accepted.add(Tcp::accept(cx, connection.unwrap()).unwrap());
        close(cx, server);
    });
    let client = Tcp::new(lp);
    let done = ours.clone();
    client
        .connect(lp, address, move |_, client, result| {
            result.unwrap();
            done.add(client);
        })
        .unwrap();
    until(lp, |cx| {
        !ours.is_empty() && !theirs.is_empty() && cx.info(server).is_none()
    });
    (ours.all()[0], theirs.all()[0])
}

/// What a handle's socket is asked for its options, with what `socket2` calls them.
pub(crate) fn asked<R>(cx: &mut Ctx, tcp: Tcp, ask: impl FnOnce(SockRef<'_>) -> R) -> R {
    ask(SockRef::from(&tcp.fd(cx).unwrap()))
}

/// Runs the loop to its end, and closes it.
pub(crate) fn close_and_end(lp: Loop, handles: &[Tcp]) {
    uvox_testing::close_and_end(lp, handles);
}

/// The system calls that were recorded, without the waits.
pub(crate) fn calls(recorder: &Recorder) -> Vec<&'static str> {
    const WAITS: [&str; 6] = [
        "epoll_wait",
        "epoll_pwait",
        "epoll_pwait2",
        "kevent",
        "mio_poll",
        // libkqueue's, of itself.
        "poll",
    ];
    let events = recorder.events();
    recorder.clear();
    let calls = events.iter().filter(|event| event.layer == Layer::Sys);
    calls
        .map(|event| event.name)
        .filter(|name| !WAITS.contains(name))
        .collect()
}
