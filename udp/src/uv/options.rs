//! Options of the socket (`uv__setsockopt`), and what the kernel is to say of each datagram.

use std::os::fd::BorrowedFd;

use uvox_loop::sys::{self, Domain};
use uvox_loop::{Ctx, Errno};

use super::coalesce::Coalescing;
use super::state::Udp;

/// Options. All of them want a socket: `EBADF` without one, as from a handle that is closing or gone.
impl Udp {
    /// How many routers, less one, a datagram passes at most: 1 to 255 (`uv_udp_set_ttl`; `IP_TTL`, `IPV6_UNICAST_HOPS`).
    ///
    /// # Errors
    ///
    /// `EINVAL` for another number; `EBADF` without a socket.
    pub fn set_ttl(self, cx: &mut Ctx, ttl: i32) -> Result<(), Errno> {
        let hops = in_byte(ttl).filter(|hops| *hops > 0).ok_or(Errno::EINVAL)?;
        let (fd, is_ipv6) = self.socket_and_family(cx)?;
        sys::set_with(fd, |socket| {
            if is_ipv6 {
                socket.set_unicast_hops_v6(hops.into())
            } else {
                socket.set_ttl_v4(hops.into())
            }
        })
    }

    /// Whether datagrams may be sent to all of a network (`uv_udp_set_broadcast`, `SO_BROADCAST`); else that is `EACCES`.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket.
    pub fn set_broadcast(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        sys::set_with(self.socket(cx)?, |socket| socket.set_broadcast(on))
    }

    /// How many bytes the kernel keeps that are on their way out (`uv_send_buffer_size`, `SO_SNDBUF`). Linux says twice of what was set.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket.
    pub fn send_buffer_size(self, cx: &mut Ctx) -> Result<usize, Errno> {
        sys::get_with(self.socket(cx)?, |socket| socket.send_buffer_size())
    }

    /// Sets it. The kernel takes it as a hint, within limits of its own.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket; on some systems `ENOBUFS` for more than their limit.
    pub fn set_send_buffer_size(self, cx: &mut Ctx, bytes: usize) -> Result<(), Errno> {
        sys::set_with(self.socket(cx)?, |socket| {
            socket.set_send_buffer_size(number(bytes))
        })
    }

    /// How many bytes the kernel keeps that nobody has received yet (`uv_recv_buffer_size`, `SO_RCVBUF`). Linux says twice of what was set, and counts what it needs
    /// itself for each datagram, too. Datagrams for which there is no room are lost.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket.
    pub fn receive_buffer_size(self, cx: &mut Ctx) -> Result<usize, Errno> {
        sys::get_with(self.socket(cx)?, |socket| socket.recv_buffer_size())
    }

    /// Sets it.
    ///
    /// # Errors
    ///
    /// As [`Udp::set_send_buffer_size`].
    pub fn set_receive_buffer_size(self, cx: &mut Ctx, bytes: usize) -> Result<(), Errno> {
        sys::set_with(self.socket(cx)?, |socket| {
            socket.set_recv_buffer_size(number(bytes))
        })
    }

    /// Whether the kernel says of each datagram which address it was sent to, and which interface it came by
    /// ([`Control::packet_info`](super::Control::packet_info)). libuv does not have it.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket.
    pub fn receive_packet_info(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        let (fd, is_ipv6) = self.socket_and_family(cx)?;
        sys::receive_packet_info(fd, domain(is_ipv6), on)
    }

    /// Whether the kernel says of each datagram what its traffic class is, and so its congestion mark ([`Control::ecn`](super::Control::ecn)). libuv does not
    /// have it.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket, `ENOTSUP` for IPv4 on systems that cannot.
    pub fn receive_ecn(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        let (fd, is_ipv6) = self.socket_and_family(cx)?;
        sys::receive_traffic_class(fd, domain(is_ipv6), on)
    }

    /// Whether datagrams from one sender that the kernel put together (UDP GRO) are handed over so: as one, whose [segments](super::Datagram::segments) are what was sent.
    /// Nobody who does not ask for it sees that. libuv does not have it.
    ///
    /// If nobody says anything, the kernel puts together what comes to a receiver of [batches](Udp::recv_start_batch), and it is taken apart here. `false` says that it must not,
    /// for the sake of those that are lost together when the socket's buffer is full, or of others that read from the descriptor. It must be said before either was turned on: what
    /// waits in the kernel then would come as one, with no word about where a datagram ends; so the kernel goes on, and what comes is taken apart.
    ///
    /// # Errors
    ///
    /// `EBADF` without a socket; `ENOTSUP` for `true` anywhere but on Linux, `ENOPROTOOPT` or `EOPNOTSUPP` if the kernel is older than 5.0 or it is no UDP socket.
    pub fn receive_coalesced(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        parts.state.reader.merging.ask(parts.fd, on)
    }

    /// Whether datagrams that are sent together, [queued](Udp::send) or as [a batch](Udp::try_send_batch), go to the kernel as one message as far as they are alike
    /// (UDP GSO): neighbours of one size, of which the last may be shorter, to one address and with the same [`Control`](super::Control), up to 64 and 65,507 bytes.
    /// The kernel takes them apart as late as it can, which makes each of them cheaper; whoever receives them sees no difference, nor does who sends them: each has
    /// its own end, and the order stays. It is on at first, and of no effect where the kernel cannot do it: it is asked once, and what it refuses goes out as
    /// single datagrams. libuv does not have it.
    ///
    /// A handle that is bound with [`RECEIVE_ERRORS`](super::BindFlags::RECEIVE_ERRORS) has it off, unless it is turned on after that: on its own machine the kernel
    /// reports one error for the whole.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    pub fn send_coalesced(self, cx: &mut Ctx, on: bool) -> Result<(), Errno> {
        let coalescing = &mut cx.open_state(self.0)?.queue.coalescing;
        *coalescing = if on {
            Coalescing::Unasked
        } else {
            Coalescing::OFF
        };
        Ok(())
    }

    /// The socket, and whether it is IPv6's.
    pub(super) fn socket_and_family(self, cx: &mut Ctx) -> Result<(BorrowedFd<'_>, bool), Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        Ok((parts.fd, parts.state.family == Some(Domain::IPV6)))
    }
}

fn domain(is_ipv6: bool) -> Domain {
    if is_ipv6 { Domain::IPV6 } else { Domain::IPV4 }
}

pub(super) fn in_byte(number: i32) -> Option<u8> {
    u8::try_from(number).ok()
}

/// A size as the kernel counts it.
fn number(bytes: usize) -> usize {
    bytes.min(i32::MAX as usize)
}
