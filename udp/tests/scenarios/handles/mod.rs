//! Handles: their addresses, their options, their names.

mod addresses;
mod names_without_a_handle;
mod options_met_by_faults;
mod options_read_back;
mod shared_addresses;
mod tcp_on_the_same_port;
mod what_keeps_the_loop_alive;
