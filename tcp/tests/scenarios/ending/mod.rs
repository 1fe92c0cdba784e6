//! How connections end: half, by a reset, or by being given away.

mod closed_in_read_and_write;
mod given_away;
mod half_open;
mod reset_on_purpose;
mod reused_number;
