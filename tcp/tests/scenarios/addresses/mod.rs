//! Addresses: bound to, in use, shared, asked for.

mod bound_and_refused;
mod in_use_is_told_late;
mod one_port_for_several;
