//! TCP on the streams of `uvox-stream`.
//!
//! This crate owns how TCP streams come to be: sockets, their addresses and options, listening, accepting, connecting, and the one way of
//! ending that is TCP's own, the reset ([`uv`]). It deliberately does not know how bytes are read and written, queued and shut down: once
//! there is a connection, a [`Tcp`](uv::Tcp) is a [`Stream`](uvox_stream::uv::Stream) and derefs to it. It does not know names of
//! hosts, for which the loop has `getaddrinfo`, nor ticks and events with names, which are above.
//!
//! There are two rooms. The uv room has libuv's handle. The [Node room](node) has what Node's C++ makes of it, a [`TcpWrap`](node::TcpWrap).
//!
//! ```
//! use uvox_loop::{Errno, Loop, RunMode};
//! use uvox_tcp::uv::{BindFlags, Tcp};
//!
//! let mut lp = Loop::new()?;
//! let server = Tcp::new(&mut lp);
//! server.bind(&mut lp, "127.0.0.1:0".parse().unwrap(), BindFlags::NONE)?;
//! server.listen(&mut lp, 128, |cx, server, connection| {
//!     let peer = Tcp::accept(cx, connection.unwrap()).unwrap();
//!     peer.write(cx, b"hello", |cx, peer, _| cx.close(peer, |_| ()).unwrap()).unwrap();
//!     cx.close(server, |_| ()).unwrap();
//! })?;
//!
//! let address = server.getsockname(&mut lp)?;
//! let client = Tcp::new(&mut lp);
//! client.connect(&mut lp, address, |cx, client, result| {
//!     result.unwrap();
//!     client
//!         .read_start(cx, |cx, client, data| match data {
//!             Ok(bytes) => assert_eq!(bytes, b"hello"),
//!             Err(errno) => {
//!                 assert_eq!(errno, Errno::EOF);
//!                 cx.close(client, |_| ()).unwrap();
//!             }
//!         })
//!         .unwrap();
//! })?;
//! lp.run(RunMode::Default)?;
//! # Ok::<(), Errno>(())
//! ```

pub mod node;
pub mod uv;
