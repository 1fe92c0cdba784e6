#![doc = include_str!("../README.md")]

pub use uvox_loop as event_loop;
