//! The uv room: `uv_stream_t`, and what `stream.c` does with it.

mod connect;
mod queue;
mod read;
mod shutdown;
mod state;
mod write;

pub use read::ReadBuffer;
pub use state::{Stream, StreamState};
pub use write::{Write, Written};
