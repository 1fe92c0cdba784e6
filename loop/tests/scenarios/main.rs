//! The loop's scenarios: each a file, each named for what happens in it, on real descriptors.
//!
//! They wait for events and never for time to pass, unless the passing of time is what they are about. Each ends with no handle
//! and no descriptor left.

mod closing;
mod common;
mod embedding;
mod hooks;
mod metrics;
mod mistakes;
mod phases;
mod poll;
mod pollers;
mod readiness;
mod scale;
mod signals;
mod sys;
mod timers;
mod trace;
mod wakeups;
mod workers;
