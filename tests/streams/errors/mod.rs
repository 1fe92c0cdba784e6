//! What goes wrong.

mod nobody_listens;
mod nothing_is_implemented;
mod of_streams_that_are_gone;
