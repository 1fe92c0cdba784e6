//! The scenarios of `dgram`.

mod a_hundred_thousand;
mod batches;
mod close_cancels_sends_that_are_queued;
mod common;
mod compare;
mod descriptors_and_handles;
mod errors_say_where_to;
mod groups_of_ipv6;
mod names_that_are_gone;
mod no_listener_runs_inside_a_call;
mod sends_wait_for_their_tick;
mod tcp_has_the_same_port;
mod truncated;
mod two_share_a_port;
mod unref_lets_the_loop_end;
mod waiting_behind_the_close;
