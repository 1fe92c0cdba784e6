//! The Node room: stream bases, their listeners, and the wraps.

mod close_with_everything_pending;
mod common;
mod sixteen_kibibytes_of_text;
mod sync_first;
