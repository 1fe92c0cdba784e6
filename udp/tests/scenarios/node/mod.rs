//! The Node room: wraps.

mod as_node_says;
mod close_inside_the_callbacks;
mod echo;
mod sends_that_wait;
mod when_it_is_closing;
