//! What reaches a loop from outside its thread: wake-ups, finished work, signals.

mod hub;
mod sender;

pub(crate) use hub::{Hub, WAKE_TOKEN};
pub(crate) use sender::AsyncState;
pub use sender::{Async, AsyncSender};
