//! Streams of bytes on the loop of `uvox-loop`.
//!
//! This crate owns what `uv_stream_t` does: reading with a budget, the queue of writes, shutting down, the end of a connection
//! attempt ([`uv`]). It deliberately does not know how streams come to be: TCP and pipes, each in a crate of its own, make sockets and
//! hand them over; nor does it know of ticks and events with names, which are above.
//!
//! There are two rooms. The uv room has libuv's streams. The [Node room](node) has what Node's C++ builds on them: stream bases, which may just as
//! well stand on something without a descriptor, and their listeners.
//!
//! ```
//! use std::os::unix::net::UnixStream;
//! use uvox_loop::{Errno, Kind, Loop, RunMode};
//! use uvox_stream::uv::{Stream, StreamState};
//!
//! static SOCKET: Kind<StreamState> = Stream::kind("socket");
//!
//! let mut lp = Loop::new()?;
//! let (ours, theirs) = UnixStream::pair().unwrap();
//! let [ours, theirs] = [ours, theirs].map(|fd| Stream::from_socket(&mut lp, &SOCKET, fd.into()).unwrap());
//! theirs.read_start(&mut lp, |cx, stream, data| match data {
//!     Ok(bytes) => println!("{} bytes", bytes.len()),
//!     Err(Errno::EOF) => cx.close(stream, |_| ()).unwrap(),
//!     Err(errno) => panic!("{errno}"),
//! })?;
//! ours.write(&mut lp, b"hello", |_, _, written| assert_eq!(written.status, Ok(())))?;
//! ours.shutdown(&mut lp, |cx, stream, _| cx.close(stream, |_| ()).unwrap())?;
//! lp.run(RunMode::Default)?;
//! # Ok::<(), Errno>(())
//! ```

pub mod node;
pub mod uv;
