//! TCP's scenarios: each a file, each named for what happens in it, on loopback.

mod accepting;
mod addresses;
mod bulk;
mod common;
mod connecting;
mod ending;
mod handles;
mod node;
mod options;
