//! The Node room: stream bases, their listeners, and the wraps.

mod a_limit_on_the_queue;
mod a_listener_changes_itself;
mod a_listener_changes_others;
mod a_listener_that_runs;
mod a_reader_by_functions;
mod blocking_writes;
mod bytes_and_descriptors;
mod close_inside_every_callback;
mod close_with_everything_pending;
mod closed_behind_its_back;
pub(crate) mod common;
mod deep_in_write_callbacks;
mod echo_with_back_pressure;
mod half_open;
mod in_memory;
mod on_read;
mod passed_descriptors;
mod read_beside_its_wrap;
mod sixteen_kibibytes_of_text;
mod sync_first;
mod the_end_of_listeners;
mod the_users_own_buffer;
mod trace;
mod watcher;
mod while_connecting;
mod who_handles_requests;
mod written_in_two_steps;
