//! Many datagrams with one system call: `sendmmsg` and `recvmmsg`, and one by one where the system lacks them.
//!
//! A batch is a place for what the kernel must be told, made once and used for many calls, none of which allocates.

mod kernel;
mod recv;
mod send;

pub use recv::{Datagram, RecvBatch};
pub use send::{Message, SendBatch};
