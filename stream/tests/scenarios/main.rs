//! The streams' scenarios: each a file, each named for what happens in it, on real sockets.

mod closing;
mod common;
mod connecting;
mod ending;
mod listening;
mod node;
mod reading;
mod writing;
