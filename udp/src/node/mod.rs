//! The Node room: what Node's `udp_wrap.cc` makes of a [`Udp`](crate::uv::Udp).
//!
//! ```
//! use std::io::IoSlice;
//! use uvox_loop::{Errno, Loop, RunMode};
//! use uvox_udp::node::{Sent, UdpWrap};
//! use uvox_udp::uv::BindFlags;
//!
//! let mut lp = Loop::new()?;
//! let server = UdpWrap::new(&mut lp);
//! server.bind(&mut lp, "127.0.0.1", 0, 0)?;
//! server.set_on_message(&mut lp, |cx, server, message| {
//!     assert_eq!(message.unwrap().bytes, b"hello");
//!     server.close(cx, |_| ());
//! });
//! server.recv_start(&mut lp)?;
//!
//! let port = server.getsockname(&mut lp)?.port;
//! let client = UdpWrap::new(&mut lp);
//! let sent = client.send(&mut lp, &[IoSlice::new(b"hello")], port, "127.0.0.1", |_, _, _| ())?;
//! assert!(matches!(sent, Sent::Now(5)));
//! lp.run(RunMode::Default)?;
//! client.close(&mut lp, |_| ());
//! lp.run(RunMode::Default)?;
//! assert!(client.unwrap(&lp).is_none());
//! # Ok::<(), Errno>(())
//! ```

mod address;
mod handle;
mod options;
mod send_wrap;
mod udp_wrap;

pub use address::{AddressInfo, Family};
pub use handle::HandleWrapState;
pub use send_wrap::{SendWrap, Sent};
pub use udp_wrap::UdpWrap;
