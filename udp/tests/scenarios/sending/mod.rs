//! Sending.

mod an_empty_datagram;
mod as_long_as_can_be;
mod batches_now_or_never;
mod before_bind;
mod cancelled_by_close;
mod connected;
mod faults_at_send;
mod no_room;
mod now_or_never;
mod one_to_one;
mod together;
