//! Calls are leaves.

mod no_listener_runs_inside_a_call;
mod pause_in_a_listener_holds_what_was_pushed_behind_it;
mod write_from_inside_a_write;
