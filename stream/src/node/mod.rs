//! The Node room: what Node's C++ builds on `uv_stream_t`, and its JavaScript calls.
//!
//! ```text
//!   the layer above: set_on_read · write(…, oncomplete) · shutdown(oncomplete)
//!        ▲                                    │
//!   StreamListener   ReportUpward             │
//!   StreamListener   CustomBuffer, a pipe, …  │  the chain: what one does not handle passes to the one below it
//!        ▲ emit_alloc, emit_read,             │
//!        │ emit_after_write, …                ▼
//!   StreamBase: counts, tries at once, makes the requests (WriteWrap, ShutdownWrap)
//!        ▲                                    │
//!        │                                    ▼
//!   StreamMethods: LibuvStreamWrap over a uv Stream · an end of memory_pair · one day TLS
//! ```
//!
//! A [`StreamBase`] does not know what lies below it: that is what its [`StreamMethods`] know. [`LibuvStreamWrap`] puts one on a
//! [`uv::Stream`](crate::uv::Stream); [`memory_pair`] makes two that have no descriptor at all.
//!
//! Nothing in this room calls back before a call returns: the loop calls the uv stream, that calls the methods' callbacks, and those
//! [emit](StreamBase::emit_read).
//!
//! ```
//! use std::io::IoSlice;
//! use uvox_loop::{Errno, Loop, RunMode};
//! use uvox_stream::node::{HandleWrap, memory_pair};
//!
//! let mut lp = Loop::new()?;
//! let (ours, theirs) = memory_pair(&mut lp, 3);
//! theirs.set_on_read(&mut lp, |cx, base, data| match data {
//!     Ok(bytes) => println!("{} bytes", bytes.len()),
//!     Err(Errno::EOF) => base.close(cx, |_| ()),
//!     Err(errno) => panic!("{errno}"),
//! });
//! theirs.read_start(&mut lp)?;
//! // Three bytes go out at once; for the other two there is a request, which calls back.
//! let written = ours.write(&mut lp, &[IoSlice::new(b"hello")], |_, _, status| assert_eq!(status, Ok(())));
//! assert!(written.is_async);
//! ours.shutdown(&mut lp, |cx, base, _| base.close(cx, |_| ()))?;
//! lp.run(RunMode::Default)?;
//! assert!(ours.unwrap(&lp).is_none());
//! # Ok::<(), Errno>(())
//! ```

mod async_wrap;
mod base;
mod connect_wrap;
mod connection_wrap;
mod emit;
mod encoding;
mod handle_wrap;
mod listener;
mod listeners;
mod memory;
mod methods;
mod pipe;
mod reader;
mod request;
mod resource;
mod stream_wrap;
mod write;

pub use base::{BaseState, StreamBase};
pub use connect_wrap::{ConnectWrap, Connected};
pub use connection_wrap::ConnectionWrap;
pub use encoding::Encoding;
pub use handle_wrap::{HandleWrap, HandleWrapState};
pub use listener::StreamListener;
pub use listeners::{CustomBuffer, ReportUpward, ReportWrites};
pub use memory::{MemoryState, memory_pair};
pub use methods::{Pieces, Sent, StreamMethods};
pub use pipe::{PipeEnd, PipeOptions, PipeState, Piped, StreamPipe};
pub use reader::Reads;
pub use request::{ShutdownWrap, WriteId, WriteWrap};
pub use resource::Link;
pub use stream_wrap::LibuvStreamWrap;
pub use write::{Chunk, Piece, STACK_STORAGE, StreamWriteResult, Unended};
