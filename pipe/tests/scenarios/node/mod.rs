//! The Node room: wraps.

mod against_node;
mod close_inside_the_callbacks;
mod echo;
mod liveness;
mod making_fails;
#[path = "../../../../tcp/tests/scenarios/node/piped_by_hand.rs"]
mod piped_by_hand;
mod player;
mod received_handles;
mod storm;
mod support;
mod wraps_of_another_kind;
