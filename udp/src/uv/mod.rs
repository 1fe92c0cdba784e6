//! The uv room: `uv_udp_t`, and what `udp.c` does with it.

mod batches;
mod bind;
mod coalesce;
mod connect;
mod datagram;
mod errors;
mod merging;
mod multicast;
mod options;
mod queue;
mod receive;
mod send;
mod state;
mod try_send;

pub use bind::BindFlags;
pub use datagram::{Batch, Datagram};
pub use multicast::Interface;
pub use state::{Udp, UdpState};
pub use uvox_loop::sys::{Control, Ecn, Membership, Message, PacketInfo, QueuedError, RawAddress};
