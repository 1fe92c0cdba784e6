//! Listening and accepting.

mod closed_in_the_callback;
mod faults_at_accept;
mod paused_and_resumed;
mod storm_of_5000;
mod unbound;
