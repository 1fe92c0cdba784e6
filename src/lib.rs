//! Node.js's TCP stack in Rust, from the event loop up.

pub use uvox_loop as event_loop;
