//! The streams' scenarios: each a file, each named for what happens in it, on real sockets.

mod closing;
mod common;
mod connecting;
mod ending;
mod listening;
mod node;
mod piping;
mod reading;
// There is no such call elsewhere.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod splicing;
mod writing;
