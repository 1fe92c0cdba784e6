//! Datagrams on the loop of `uvox-loop`.
//!
//! This crate owns what UDP sockets do: their addresses and options, sending and receiving in batches, groups ([`uv`]). It deliberately does not know
//! what a stream is, for a datagram is none; nor names of hosts, for which the loop has `getaddrinfo`, nor ticks and events with names, which are above.
//!
//! There are two rooms. The uv room has libuv's handle. The [Node room](node) has what Node's C++ makes of it, a [`UdpWrap`](node::UdpWrap).
//!
//! ```
//! use uvox_loop::{Errno, Loop, RunMode};
//! use uvox_udp::uv::{BindFlags, Udp};
//!
//! let mut lp = Loop::new()?;
//! let server = Udp::new(&mut lp);
//! server.bind(&mut lp, "127.0.0.1:0".parse().unwrap(), BindFlags::NONE)?;
//! server.recv_start(&mut lp, |cx, server, datagram| {
//!     let datagram = datagram.unwrap();
//!     server.send(cx, datagram.bytes, datagram.sender(), |cx, server, sent| {
//!         assert_eq!(sent, Ok(()));
//!         cx.close(server, |_| ()).unwrap();
//!     })
//!     .unwrap();
//! })?;
//!
//! let client = Udp::new(&mut lp);
//! let address = server.getsockname(&mut lp)?;
//! client.connect(&mut lp, address)?;
//! client.recv_start(&mut lp, |cx, client, datagram| {
//!     assert_eq!(datagram.unwrap().bytes, b"echo");
//!     cx.close(client, |_| ()).unwrap();
//! })?;
//! client.send(&mut lp, b"echo", None, |_, _, sent| assert_eq!(sent, Ok(())))?;
//! lp.run(RunMode::Default)?;
//! # Ok::<(), Errno>(())
//! ```

pub mod node;
pub mod uv;
