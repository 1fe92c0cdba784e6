//! How large handles are.

use crate::hook::{CheckState, IdleState, PrepareState};
use crate::poll::PollState;
use crate::signal::SignalState;
use crate::table::Entry;
use crate::timer::TimerState;
use crate::wake::AsyncState;

/// How many bytes the state of each handle of this crate has, by the handle's name (`uv_handle_size`); and first, how many the loop has for any handle, of
/// whatever crate, beside its state.
///
/// What a handle puts on the heap, callbacks say, is not in it.
pub fn handle_sizes() -> [(&'static str, usize); 8] {
    [
        ("any handle", size_of::<Entry>()),
        ("Timer", size_of::<TimerState>()),
        ("Async", size_of::<AsyncState>()),
        ("Idle", size_of::<IdleState>()),
        ("Prepare", size_of::<PrepareState>()),
        ("Check", size_of::<CheckState>()),
        ("Poll", size_of::<PollState>()),
        ("Signal", size_of::<SignalState>()),
    ]
}
