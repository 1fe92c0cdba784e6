//! Pipes on the streams of `uvox-stream`: Unix-domain sockets, FIFOs, and both ends of `pipe(2)`.
//!
//! This crate owns how such streams come to be: a socket's path or abstract name, and who removes the path; listening, accepting, connecting,
//! pairs; who may connect, and who did ([`uv`]). It deliberately does not know how bytes are read and written, nor how descriptors are passed along with
//! them: a [`Pipe`](uv::Pipe) is a [`Stream`](uvox_stream::uv::Stream) and derefs to it. It does not know what becomes of
//! descriptors that a peer passes, nor ticks and events with names, which are above.
//!
//! There are two rooms. The uv room has libuv's handle. The [Node room](node) has what Node's C++ makes of it, a [`PipeWrap`](node::PipeWrap).
//!
//! ```
//! use uvox_loop::{Errno, Loop, RunMode};
//! use uvox_pipe::uv::Pipe;
//!
//! let mut lp = Loop::new()?;
//! let directory = tempfile::tempdir().unwrap();
//! let path = directory.path().join("it.sock");
//! let server = Pipe::new(&mut lp);
//! server.bind(&mut lp, &path)?;
//! server.listen(&mut lp, 128, |cx, server, connection| {
//!     let peer = Pipe::accept(cx, connection.unwrap()).unwrap();
//!     peer.write(cx, b"hello", |cx, peer, _| cx.close(peer, |_| ()).unwrap()).unwrap();
//!     cx.close(server, |_| ()).unwrap();
//! })?;
//!
//! let client = Pipe::new(&mut lp);
//! client.connect(&mut lp, &path, |cx, client, result| {
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
//! assert!(!path.exists());
//! # Ok::<(), Errno>(())
//! ```

pub mod node;
pub mod uv;
