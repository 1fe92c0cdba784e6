//! Node's `net`: so far what it knows of addresses.

mod block_list;
mod ip;

pub use block_list::{BlockList, Rule};
pub use ip::{is_ip, is_ipv4, is_ipv6};
