//! The Node room: wraps.

mod against_node;
mod close_inside_the_callbacks;
mod echo;
mod piped_by_hand;
mod storm;
mod support;
