//! Many datagrams with one system call: `sendmmsg` and `recvmmsg`, and one by one where the system lacks them.
//!
//! A batch is a place for what the kernel must be told, made once and used for many calls, none of which allocates.

mod kernel;
mod recv;
mod send;

use std::mem::size_of;

use super::address::RawAddress;
use super::ancillary::DatagramRoom;
use super::control::Control;
use super::vector::IOV_MAX;

pub use recv::{BatchEnd, Datagram, RecvBatch};
pub use send::{Message, SendBatch};

/// The most messages in a batch: Linux sends no more at once.
pub const BATCH_MAX: usize = IOV_MAX;

/// How many messages a batch is made for, of which so many were asked for.
fn capacity_of(wanted: usize) -> usize {
    wanted.clamp(1, BATCH_MAX)
}

/// What a batch keeps for each message.
const MESSAGE_SIZE: usize = size_of::<kernel::Header>()
    + size_of::<libc::iovec>()
    + size_of::<RawAddress>()
    + size_of::<DatagramRoom>()
    + size_of::<Control>();

// So the largest batch takes no more than a mebibyte.
const _: () = assert!(BATCH_MAX * MESSAGE_SIZE <= 1 << 20);
