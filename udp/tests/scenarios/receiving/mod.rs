//! Receiving.

mod a_batch_at_a_time;
mod a_bounded_number_in_a_turn;
mod closed_in_the_callback;
mod errors_of_datagrams_that_were_sent;
mod faults_at_receive;
mod nobody_is_there;
mod panics_in_the_callback;
mod stopped_in_the_middle_of_a_batch;
mod system_calls_of_an_echo;
mod truncated;
