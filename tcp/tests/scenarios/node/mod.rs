//! The Node room: wraps.

mod against_node;
