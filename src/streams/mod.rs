//! Node's streams: Readable, Writable and Duplex, as far as sockets use them.
//!
//! This module owns what Node's JavaScript adds to a stream of bytes: buffers with high-water marks, flowing and paused, text instead of
//! bytes, corks, the events and their order, pipes, and who is told when it is over. It deliberately does not know what a stream stands on: that is a static of
//! [`DuplexMethods`], which answers.
//!
//! ```
//! use std::{cell::RefCell, rc::Rc};
//! use uvox::env::{self, Env};
//! use uvox::streams::{Custom, Options};
//!
//! let mut env = Env::new()?;
//! let seen = Rc::new(RefCell::new(Vec::new()));
//! env::enter(&mut env, |cx| {
//!     let stream = Custom::new()
//!         .write(|cx, stream, chunk| {
//!             stream.push(cx, chunk); // What is written comes back.
//!             stream.written(cx, Ok(()));
//!         })
//!         .finalize(|cx, stream| {
//!             stream.push_eof(cx);
//!             stream.finalized(cx, Ok(()));
//!         })
//!         .read(|_, _, _| ())
//!         .duplex(cx, &Options::new());
//!     let data = seen.clone();
//!     stream.on_data(cx, move |_, _, chunk| data.borrow_mut().push(chunk.to_chunk()));
//!     stream.write(cx, "hello");
//!     stream.end(cx);
//! });
//! env.run()?;
//! assert_eq!(*seen.borrow(), ["hello"]);
//! # Ok::<(), uvox::Error>(())
//! ```

mod chunk;
mod construct;
mod custom;
mod decoder;
mod destroy;
mod duplex;
mod encoding;
mod errors;
mod events;
mod finished;
mod hearers;
mod lent;
mod methods;
mod on;
mod options;
mod piece;
mod pipe;
mod pipeline;
mod readable;
mod writable;

pub use chunk::Chunk;
pub use custom::Custom;
pub use decoder::StringDecoder;
pub use duplex::{Duplex, DuplexState};
pub use encoding::Encoding;
pub(crate) use errors::premature_close;
pub use events::Event;
pub(crate) use events::Place;
pub use finished::{Finished, FinishedOptions, finished};
pub(crate) use hearers::machine;
pub use lent::Lent;
pub use methods::{Begun, DuplexMethods};
pub use options::{HIGH_WATER_MARK, Options};
pub use piece::Piece;
pub use pipeline::pipeline;
pub use readable::HIGHEST_WATER_MARK;
