//! The handles themselves: where they come from, and what a name without one says.

mod made_in_every_way;
mod names_without_a_handle;
