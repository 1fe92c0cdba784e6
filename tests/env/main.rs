//! The environment's scenarios: scopes, ticks, immediates, timeouts, and errors that nobody caught.

mod as_node_does;
mod common;
mod errors_that_nobody_caught;
mod immediates;
mod intervals_and_idle_timeouts;
mod many_due_at_once;
mod many_timeouts;
mod ticks;
