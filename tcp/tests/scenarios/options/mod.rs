//! Options, and what the kernel says of a connection.

mod asked_before_there_is_a_socket;
mod met_by_faults;
mod read_back_from_the_kernel;
mod what_the_kernel_measures;
