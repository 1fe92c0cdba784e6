//! Text instead of bytes.

mod decoding_in_pieces;
mod read_of_so_many_units;
