//! How long a stream's state is there.

mod close_is_told_by_the_maker;
mod state_goes_after_close;
