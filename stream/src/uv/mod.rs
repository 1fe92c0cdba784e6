//! The uv room: `uv_stream_t`, and what `stream.c` does with it.

mod connect;
mod descriptors;
mod listen;
mod owner;
mod passing;
mod pieces;
mod queue;
mod rare;
mod read;
mod reader;
mod received;
mod short;
mod shutdown;
mod splice;
mod state;
mod submission;
mod try_write;
mod unwatched;
mod write;

pub use descriptors::{
    AcceptCounts, OutOfDescriptors, Shortage, accept_counts, on_out_of_descriptors,
    set_out_of_descriptors,
};
pub use listen::Connection;
pub(crate) use owner::Owns;
pub use passing::{PENDING_DESCRIPTORS_MAX, Passed};
pub(crate) use pieces::{length, share_rest};
pub use reader::ReadBuffer;
pub use splice::{SpliceCounts, SpliceEnd, Spliced};
pub use state::{Channel, Stream, StreamState};
pub use write::{Write, Written};
