//! The pipes' scenarios: each a file, each named for what happens in it, on real descriptors.

mod common;
mod connecting;
mod naming;
mod node;
mod passing;
mod streams;
