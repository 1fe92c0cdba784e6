//! The Node room: wraps.

mod addresses_as_text;
mod against_node;
mod close_inside_the_callbacks;
mod echo;
mod out_of_descriptors;
mod piped_by_hand;
mod storm;
mod support;
mod trace_of_an_echo;
