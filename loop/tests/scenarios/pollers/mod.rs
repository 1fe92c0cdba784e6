//! What the three pollers have in common, and what is said of each.

mod a_century_is_not_too_long_to_wait;
mod a_new_loop_has_no_reason_to_wake;
mod absurd_bounds_are_cut;
mod backend_name_says_which;
mod both_ends_of_a_pipe_can_be_watched;
mod closed_behind_its_back;
mod disconnect_alone_does_not_spin;
mod interrupted_wait_goes_on;
mod refusals;
