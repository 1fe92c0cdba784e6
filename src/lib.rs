#![doc = include_str!("../README.md")]

pub mod dgram;
pub mod dns;
pub mod env;
mod error;
pub mod listeners;
pub mod net;
pub mod streams;

pub use error::Error;
pub use uvox_loop as event_loop;
pub use uvox_pipe as pipe;
pub use uvox_stream as stream;
pub use uvox_tcp as tcp;
pub use uvox_udp as udp;
