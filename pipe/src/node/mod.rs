//! The Node room: what Node's `pipe_wrap.cc` makes of a [`Pipe`](crate::uv::Pipe).
//!
//! A [`PipeWrap`] is a [`LibuvStreamWrap`](uvox_stream::node::LibuvStreamWrap), and that is a
//! [`StreamBase`](uvox_stream::node::StreamBase); each derefs to the next. How it is closed, a
//! [`HandleWrap`](uvox_stream::node::HandleWrap) says, and what happens with connections, a
//! [`ConnectionWrap`](uvox_stream::node::ConnectionWrap).
//!
//! Over a wrap of type [`Ipc`](SocketType::Ipc) handles are passed: [`write_handle`](uvox_stream::node::LibuvStreamWrap::write_handle) sends one;
//! who reads makes a wrap of one that was received, by [`accept_handle`](uvox_stream::node::LibuvStreamWrap::accept_handle).
//!
//! ```
//! use uvox_loop::{Errno, Loop, RunMode, sys::{self, Domain, Type}};
//! use uvox_pipe::node::{PipeWrap, SocketType};
//! use uvox_stream::node::HandleWrap;
//!
//! let mut lp = Loop::new()?;
//! let [ours, theirs] = [(); 2].map(|()| PipeWrap::new(&mut lp, SocketType::Ipc));
//! let (one, other) = sys::socketpair(Domain::UNIX, Type::STREAM, None)?;
//! ours.open(&mut lp, one)?;
//! theirs.open(&mut lp, other)?;
//!
//! let (reader, writer) = sys::pipe()?;
//! let passed = PipeWrap::new(&mut lp, SocketType::Socket);
//! passed.open(&mut lp, writer)?;
//! let written = ours.write_handle(&mut lp, b"take it", passed, move |cx, _, status| {
//!     assert_eq!(status, Ok(()));
//!     passed.close(cx, |_| ());
//!     ours.close(cx, |_| ());
//! });
//! assert!(written.is_async);
//! theirs.set_on_read(&mut lp, move |cx, _, data| {
//!     assert_eq!(data, Ok(&b"take it"[..]));
//!     let received: PipeWrap = theirs.accept_handle(cx).unwrap().unwrap();
//!     received.close(cx, |_| ());
//!     theirs.close(cx, |_| ());
//! });
//! theirs.read_start(&mut lp)?;
//! lp.run(RunMode::Default)?;
//! # drop(reader);
//! # Ok::<(), Errno>(())
//! ```

mod connect;
mod pipe_wrap;

pub use pipe_wrap::{PipeWrap, SocketType};
