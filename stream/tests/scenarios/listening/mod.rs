//! Listening and accepting.

mod a_bounded_number_in_a_turn;
mod a_listener_is_not_read;
mod alone_or_many_at_once;
mod close_inside_the_connection_callback;
mod connections_of_every_fate;
mod faults_at_accept;
mod out_of_descriptors;
mod pause_and_resume;
mod support;
mod the_kernel_will_not_watch;
mod what_cannot_listen;
