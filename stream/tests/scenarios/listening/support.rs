//! What the scenarios of listeners share.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::AsFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_stream::uv::{Connection, Stream};

use crate::common::{unconnected, with_socket};

/// What accepting is called at the door to the kernel.
pub(super) const ACCEPT: &str = if cfg!(target_vendor = "apple") {
    "accept"
} else {
    "accept4"
};

/// A stream that can listen to a free port, and which.
pub(super) fn bound(lp: &mut Loop) -> (Stream, SocketAddr) {
    let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
    sys::bind(socket.as_fd(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = sys::getsockname(socket.as_fd()).unwrap().ip().unwrap();
    (with_socket(lp, socket), address)
}

/// A stream that listens, and where.
pub(super) fn listening(
    lp: &mut Loop,
    on_connection: impl FnMut(&mut Ctx, Stream, Result<Connection, Errno>) + 'static,
) -> (Stream, SocketAddr) {
    let (server, address) = bound(lp);
    server.listen(lp, 128, on_connection).unwrap();
    (server, address)
}

/// So many clients, whose connections the kernel has made.
pub(super) fn clients(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    (0..count)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect()
}

/// A stream without a socket, which cannot do anything yet.
pub(super) fn without_socket(lp: &mut Loop) -> Stream {
    unconnected(lp)
}
