//! The Node room: wraps.

mod against_node;
mod echo;
mod player;
mod received_handles;
mod wraps_of_another_kind;
