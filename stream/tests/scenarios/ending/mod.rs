mod faults_at_every_call;
mod faults_in_the_queue;
mod half_open;
mod one_end_of_a_pipe;
mod reset_by_the_peer;
