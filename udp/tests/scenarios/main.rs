//! UDP's scenarios: each a file, each named for what happens in it, on loopback.

mod coalescing;
mod common;
mod groups;
mod handles;
mod kernel;
mod node;
mod receiving;
mod sending;
