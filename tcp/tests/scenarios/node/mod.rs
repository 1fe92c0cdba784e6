//! The Node room: wraps.

mod addresses_as_text;
mod against_node;
mod close_inside_the_callbacks;
mod echo;
mod piped_by_hand;
mod storm;
mod support;
