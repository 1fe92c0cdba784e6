mod faults_at_every_call;
mod half_open;
mod one_end_of_a_pipe;
mod reset_by_the_peer;
