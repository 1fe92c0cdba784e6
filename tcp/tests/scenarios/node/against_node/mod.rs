//! Pieces that are played on our wraps, and on those of Node 20 if it is installed: both must see the same, line by line.

mod attempts;
mod connections;
mod liveness;
mod player;
mod values;
