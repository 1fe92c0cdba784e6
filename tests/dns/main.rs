//! The scenarios of `dns`. No name is asked for that leaves this machine.

mod addresses_and_names;
mod resolvers_of_the_users_own;
