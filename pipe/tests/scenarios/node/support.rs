//! Servers and connections, by wraps only.

use std::os::unix::net::UnixStream;
use std::path::Path;

use uvox_loop::Ctx;
use uvox_pipe::node::{PipeWrap, SocketType};
use uvox_stream::node::ConnectionWrap;

use super::player::make;

/// What the scenarios that are the same for TCP and for pipes are about.
pub(super) type Wrap = PipeWrap;

/// A server at a path.
pub(super) fn server(
    cx: &mut Ctx,
    path: &Path,
    mut on_connection: impl FnMut(&mut Ctx, PipeWrap, PipeWrap) + 'static,
) -> PipeWrap {
    let server = PipeWrap::new(cx, SocketType::Server);
    server.bind(cx, path).unwrap();
    server.set_on_connection(cx, move |cx, server, peer| {
        on_connection(cx, server, peer.unwrap());
    });
    server.listen(cx, 511).unwrap();
    server
}

/// Connects, and calls back with the wrap when that is done.
pub(super) fn client(
    cx: &mut Ctx,
    path: &Path,
    then: impl FnOnce(&mut Ctx, PipeWrap) + 'static,
) -> PipeWrap {
    let client = make(cx);
    let begun = client.connect(cx, path, move |cx, connected| {
        assert_eq!(connected.status, Ok(()));
        then(cx, connected.handle);
    });
    begun.unwrap();
    client
}

/// Two ends that are connected with each other.
pub(super) fn pair(cx: &mut Ctx) -> (PipeWrap, PipeWrap) {
    let (one, other) = UnixStream::pair().unwrap();
    let [one, other] = [one, other].map(|end| {
        let wrap = make(cx);
        wrap.open(cx, end).unwrap();
        wrap
    });
    (one, other)
}
