//! Connecting: how attempts begin, and how they end.

mod bound_first;
mod closed_before_the_end;
mod faults_at_connect;
mod link_local;
mod refused_and_tried_again;
mod the_kernel_will_not_watch;
mod tried_again_in_the_callback;
mod twice;
