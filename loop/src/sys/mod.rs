//! The one door to the kernel: every system call of the project is made in this module, and all `unsafe` stands here.
//!
//! The functions are thin and safe: descriptors come in as `BorrowedFd`, go out as `OwnedFd`, and failures are an
//! [`Errno`]. A call that a signal interrupts is made again, here and only here. Since there is one door, one hook on it
//! gives the [trace](crate::trace) its system calls with their results, and tests their [faults](fault).
//!
//! What each function says of its errors leaves out those that need no saying. `EINTR` is never returned, but by [`close`].
//! `EBADF` cannot be for want of a descriptor, for they are borrowed. `ENOTSOCK` is for a descriptor that is no socket where
//! one is wanted, and `ENOMEM` or `ENOBUFS` for a kernel without memory.

#![allow(unsafe_code, reason = "this is the one place for it")]
#![allow(
    clippy::unnecessary_cast,
    reason = "the kernel's numbers have other types on other systems"
)]

mod address;
mod ancillary;
mod batch;
pub(crate) mod call;
mod clock;
mod control;
mod creation;
mod credentials;
mod descriptor;
mod erased;
mod errno;
mod error_queue;
#[doc(hidden)]
pub mod fault;
mod fd;
mod interface;
mod limits;
mod message;
mod multicast;
mod option;
mod path;
mod pipe;
pub(crate) mod poller;
pub(crate) mod resolve;
mod rights;
pub(crate) mod signal;
mod socket;
mod tcp_info;
mod thread;
mod transfer;
mod untyped;
mod vector;
mod waker;

pub use address::{Address, RawAddress, UnixAddr, UnixName, ip_name, ip4_addr, ip6_addr};
pub use batch::{BATCH_MAX, BatchEnd, Datagram, Message, RecvBatch, SendBatch};
pub use call::is_watched;
pub use clock::hrtime;
pub use control::{
    Control, Ecn, PacketInfo, receive_coalesced, receive_packet_info, receive_traffic_class,
    receives_coalesced, segment_size,
};
pub use credentials::{Credentials, peer_credentials};
pub use descriptor::{Access, DescriptorKind, access, descriptor_kind};
pub use errno::{Errno, errno_from_eai};
pub use error_queue::{ErrorOrigin, QueuedError, receive_errors, recv_error};
pub use fd::{close, descriptor_is_open, is_nonblocking, set_nonblocking};
pub use interface::{if_indextoname, if_nametoindex, link_local_scope};
pub use limits::{DescriptorLimit, descriptor_limit, set_descriptor_limit};
pub use message::{Received, recvmsg, sendmsg};
pub use multicast::{
    Membership, set_multicast_loop_v4, set_multicast_ttl_v4, set_source_membership_v4,
    set_source_membership_v6,
};
pub use option::{bytes_readable, get_option, get_with, set_option, set_with, take_error};
pub use path::{Identity, chmod, identity, mode, unlink};
pub use pipe::{dup, pipe, splice};
pub use rights::{DESCRIPTORS_MAX, recv_descriptors, recv_discarding, send_descriptors};
pub use socket::{
    accept, accept_with_address, bind, connect, disconnect, getpeername, getsockname, listen,
    shutdown, socket, socketpair,
};
/// `socket2`'s names for what a socket is, and its way to a socket's options: see [`get_option`] for when not to take it.
pub use socket2::{Domain, Protocol, SockRef, TcpKeepalive, Type};
pub use tcp_info::{TcpInfo, tcp_info};
pub use transfer::{peek, read, readv, recv, send, sendto, sendv, write, writev};
pub use vector::IOV_MAX;

pub(crate) use erased::Erased;
pub(crate) use fd::set_nonblocking_raw;
pub(crate) use thread::spawn_thread;
pub(crate) use untyped::{Untyped, found_or};
pub(crate) use waker::Waker;
