//! The scenarios of `net`.

mod addresses;
mod block_lists;
mod mistakes;
mod more;
mod node;
mod server;
mod socket;
