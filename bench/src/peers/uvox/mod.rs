//! uvox, at three heights.

pub(crate) mod base;
pub(crate) mod jobs;
pub(crate) mod net;
pub(crate) mod udp;
pub(crate) mod uv;

use uvox_loop::Loop;

use crate::error::Result;
use crate::serve::PIECE;

/// A loop that reads as much from a stream in a turn as libuv does. By itself it leaves it at 256 KiB, for the sake of the others; a server that moves much for a
/// few is better off with more.
fn event_loop() -> Result<Loop> {
    let lp = Loop::builder().budgets(|budgets| budgets.read_bytes = budgets.reads as usize * PIECE);
    Ok(lp.build()?)
}
