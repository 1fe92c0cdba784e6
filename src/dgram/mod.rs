//! Node's `dgram`: sockets for datagrams, with their events, in Node's order, and its errors, in Node's words.
//!
//! This module owns what Node's `lib/dgram.js` does: when a socket is bound, what waits until it is, and what it tells. It stands on the
//! [`UdpWrap`](crate::udp::node::UdpWrap), and deliberately does not know how datagrams come and go.
//!
//! ```
//! use uvox::dgram::{self, BindOptions, SocketOptions};
//! use uvox::env::Env;
//!
//! let mut env = Env::new()?;
//! let server = dgram::create_socket(&mut env, SocketOptions::udp4());
//! server.on_message(&mut env, |cx, server, bytes, rinfo| {
//!     assert_eq!(&bytes[..], b"hello");
//!     assert_eq!(rinfo.size(), 5);
//!     server.close(cx).unwrap();
//! });
//! server.on_listening(&mut env, |cx, server| {
//!     let port = server.address(cx).unwrap().port;
//!     let client = dgram::create_socket(cx, SocketOptions::udp4());
//!     client.send_then(cx, "hello", (port, "127.0.0.1"), move |cx, sent| {
//!         assert_eq!(sent.unwrap(), 5);
//!         client.close(cx).unwrap();
//!     }).unwrap();
//! });
//! server.bind(&mut env, BindOptions::new().address("127.0.0.1"))?;
//! env.run()?;
//! # Ok::<(), uvox::Error>(())
//! ```

mod bind;
mod connect;
mod errors;
mod events;
mod options;
mod payload;
mod queue;
mod receive;
mod send;
mod settings;
mod socket;

use uvox_loop::Ctx;

pub use options::{BindOptions, SocketOptions, Type};
pub use payload::{Payload, Target};
pub use receive::RemoteInfo;
pub use socket::{Socket, SocketState};

/// A socket that is not bound yet (`dgram.createSocket`).
#[track_caller]
pub fn create_socket(cx: &mut Ctx, options: SocketOptions) -> Socket {
    Socket::new(cx, options)
}
