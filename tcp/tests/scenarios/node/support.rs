//! Servers and connections, by wraps only.

use uvox_loop::{Ctx, Loop};
use uvox_stream::node::{ConnectionWrap, HandleWrap};
use uvox_tcp::node::{SocketType, TcpWrap};

use crate::common::{Seen, until};

/// What the scenarios that are the same for TCP and for pipes are about.
pub(super) type Wrap = TcpWrap;

pub(super) const LOCALHOST: &str = "127.0.0.1";

/// A server on a port of the kernel's choice, and the port.
pub(super) fn server(
    cx: &mut Ctx,
    mut on_connection: impl FnMut(&mut Ctx, TcpWrap, TcpWrap) + 'static,
) -> (TcpWrap, u16) {
    let server = TcpWrap::new(cx, SocketType::Server);
    server.bind(cx, LOCALHOST, 0).unwrap();
    server.set_on_connection(cx, move |cx, server, peer| {
        on_connection(cx, server, peer.unwrap());
    });
    server.listen(cx, 4096).unwrap();
    let port = server.getsockname(cx).unwrap().port;
    (server, port)
}

/// Connects, and calls back with the wrap when that is done.
pub(super) fn client(
    cx: &mut Ctx,
    port: u16,
    then: impl FnOnce(&mut Ctx, TcpWrap) + 'static,
) -> TcpWrap {
    let client = TcpWrap::new(cx, SocketType::Socket);
    let begun = client.connect(cx, LOCALHOST, port, move |cx, connected| {
        assert_eq!(connected.status, Ok(()));
        then(cx, connected.handle);
    });
    begun.unwrap();
    client
}

/// Two ends that are connected with each other.
pub(super) fn pair(lp: &mut Loop) -> (TcpWrap, TcpWrap) {
    let (ours, theirs) = (Seen::new(), Seen::new());
    let (one, other) = (ours.clone(), theirs.clone());
    let (server, port) = server(lp, move |cx, server, peer| {
        other.add(peer);
        server.close(cx, |_| ());
    });
    client(lp, port, move |_, client| one.add(client));
    until(lp, |cx| {
        !ours.is_empty() && !theirs.is_empty() && server.unwrap(cx).is_none()
    });
    (ours.all()[0], theirs.all()[0])
}
