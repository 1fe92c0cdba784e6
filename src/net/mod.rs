//! Node's `net`: servers and sockets, over TCP and Unix-domain sockets, with their events, in Node's order, and its errors, in Node's words.
//!
//! This module owns what Node's `lib/net.js` does: what a [`Socket`] is when it is connecting, connected and closed; how a [`Server`] comes to
//! listen, and makes sockets of connections. It stands on the wraps of [`tcp`](crate::tcp::node) and [`pipe`](crate::pipe::node), and on the
//! [`streams`](crate::streams). It deliberately does not know how bytes reach the kernel: that is the [`StreamBase`](crate::stream::node::StreamBase)'s.

mod block_list;
mod bound;
mod errors;
mod ip;
mod port;
mod server;
mod socket;
mod wrap;

use uvox_loop::Ctx;

pub use block_list::{BlockList, Rule};
pub(crate) use errors::bad_port;
pub use ip::{is_ip, is_ipv4, is_ipv6};
pub use server::{ConnectionInfo, ListenOptions, Server, ServerOptions, ServerState, Shutdown};
pub use socket::{
    Attempt, ConnectOptions, Looked, ReadyState, Socket, SocketOptions, SocketState, UserBuffer,
};
pub use uvox_stream::node::{PipeEnd, PipeOptions, Piped};
pub use uvox_stream::uv::{
    AcceptCounts, OutOfDescriptors, Shortage, accept_counts, on_out_of_descriptors,
    set_out_of_descriptors,
};
pub(crate) use wrap::invalid_fd_type;
pub use wrap::{Address, Wrap};

use crate::Error;

/// A socket that connects (`net.connect`).
///
/// # Errors
///
/// As [`Socket::connect`]. There is no socket then.
pub fn connect(cx: &mut Ctx, options: impl Into<ConnectOptions>) -> Result<Socket, Error> {
    let socket = Socket::new(cx, SocketOptions::new())?;
    match socket.connect(cx, options) {
        Ok(()) => Ok(socket),
        Err(error) => {
            socket.duplex().release(cx);
            Err(error)
        }
    }
}

/// A server that says `on_connection` of each connection, when it [listens](Server::listen) (`net.createServer`).
pub fn create_server(
    cx: &mut Ctx,
    options: ServerOptions,
    on_connection: impl FnMut(&mut Ctx, Server, Socket) + 'static,
) -> Server {
    let server = Server::new(cx, options);
    server.on_connection(cx, on_connection);
    server
}
