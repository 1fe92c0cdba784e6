//! The Node room: what Node's `tcp_wrap.cc` makes of a [`Tcp`](crate::uv::Tcp).
//!
//! A [`TcpWrap`] is a [`LibuvStreamWrap`](uvox_stream::node::LibuvStreamWrap), and that is a
//! [`StreamBase`](uvox_stream::node::StreamBase); each derefs to the next. How it is closed, a
//! [`HandleWrap`](uvox_stream::node::HandleWrap) says, and what happens with connections, a
//! [`ConnectionWrap`](uvox_stream::node::ConnectionWrap).
//!
//! ```
//! use std::io::IoSlice;
//! use uvox_loop::{Errno, Loop, RunMode};
//! use uvox_stream::node::{ConnectionWrap, HandleWrap};
//! use uvox_tcp::node::{SocketType, TcpWrap};
//!
//! let mut lp = Loop::new()?;
//! let server = TcpWrap::new(&mut lp, SocketType::Server);
//! server.bind(&mut lp, "127.0.0.1", 0)?;
//! server.set_on_connection(&mut lp, |cx, server, client| {
//!     let peer = client.unwrap();
//!     let written = peer.write(cx, &[IoSlice::new(b"hello")], |_, _, _| ());
//!     assert_eq!((written.err, written.is_async), (None, false));
//!     peer.close(cx, |_| ());
//!     server.close(cx, |_| ());
//! });
//! server.listen(&mut lp, 511)?;
//!
//! let port = server.getsockname(&mut lp)?.port;
//! let client = TcpWrap::new(&mut lp, SocketType::Socket);
//! client.set_on_read(&mut lp, move |cx, _, data| match data {
//!     Ok(bytes) => assert_eq!(bytes, b"hello"),
//!     Err(errno) => {
//!         assert_eq!(errno, Errno::EOF);
//!         client.close(cx, |_| ());
//!     }
//! });
//! client.connect(&mut lp, "127.0.0.1", port, |cx, connected| {
//!     assert_eq!(connected.status, Ok(()));
//!     assert!(connected.readable && connected.writable);
//!     connected.handle.read_start(cx).unwrap();
//! })?;
//! lp.run(RunMode::Default)?;
//! assert!(client.unwrap(&lp).is_none());
//! # Ok::<(), Errno>(())
//! ```

mod address;
mod connect;
mod options;
mod tcp_wrap;

pub use address::{AddressInfo, Family};
pub use tcp_wrap::{SocketType, TcpWrap};
