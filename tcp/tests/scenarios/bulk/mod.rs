//! Much of it.

mod echo_of_64_mib;
