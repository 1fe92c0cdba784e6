//! The scenarios of `net`.

mod addresses;
mod block_lists;
mod node;
mod server;
