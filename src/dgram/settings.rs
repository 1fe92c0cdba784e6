//! Options of the socket (`setBroadcast`, `setTTL`, `addMembership` and so on).

use uvox_loop::{Ctx, Errno};
use uvox_udp::node::UdpWrap;

use super::errors;
use super::socket::Socket;
use crate::Error;

/// Options. Each is `ERR_SOCKET_DGRAM_NOT_RUNNING` of a socket that is closed, and what the kernel says else, by the name of Node's function: `setTTL EINVAL`.
impl Socket {
    fn set(
        self,
        cx: &mut Ctx,
        name: &'static str,
        set: impl FnOnce(UdpWrap, &mut Ctx) -> Result<(), Errno>,
    ) -> Result<(), Error> {
        let wrap = self.running(cx)?;
        set(wrap, cx).map_err(|errno| Error::system(errno, name))
    }

    /// Whether it may send to all of a network (`setBroadcast`).
    ///
    /// # Errors
    ///
    /// See [above](Socket); `EBADF` before it is bound.
    pub fn set_broadcast(self, cx: &mut Ctx, on: bool) -> Result<(), Error> {
        self.set(cx, "setBroadcast", |wrap, cx| wrap.set_broadcast(cx, on))
    }

    /// Whether neighbours that wait to be sent, or are sent as [a batch](Socket::send_batch), go to the kernel as one message as far as they are
    /// [alike](uvox_udp::uv::Udp::send_coalesced): it is on at first, and of no effect where the kernel cannot do it. Node has nothing of the kind.
    ///
    /// # Errors
    ///
    /// See [above](Socket).
    pub fn set_send_coalesced(self, cx: &mut Ctx, on: bool) -> Result<(), Error> {
        let udp = self.running(cx)?.udp(cx).ok_or_else(errors::not_running)?;
        udp.send_coalesced(cx, on)
            .map_err(|errno| Error::system(errno, "setSendCoalesced"))
    }

    /// How many hops a datagram may take, 1 to 255 (`setTTL`).
    ///
    /// # Errors
    ///
    /// See [above](Socket); `EINVAL` for another number, `EBADF` before it is bound.
    pub fn set_ttl(self, cx: &mut Ctx, ttl: i32) -> Result<(), Error> {
        self.set(cx, "setTTL", |wrap, cx| wrap.set_ttl(cx, ttl))
    }

    /// The same for multicast, 0 to 255 (`setMulticastTTL`).
    ///
    /// # Errors
    ///
    /// As [`Socket::set_ttl`].
    pub fn set_multicast_ttl(self, cx: &mut Ctx, ttl: i32) -> Result<(), Error> {
        self.set(cx, "setMulticastTTL", |wrap, cx| {
            wrap.set_multicast_ttl(cx, ttl)
        })
    }

    /// Whether what it sends to a group comes to sockets of this machine, too (`setMulticastLoopback`).
    ///
    /// # Errors
    ///
    /// As [`Socket::set_broadcast`].
    pub fn set_multicast_loopback(self, cx: &mut Ctx, on: bool) -> Result<(), Error> {
        self.set(cx, "setMulticastLoopback", |wrap, cx| {
            wrap.set_multicast_loopback(cx, on)
        })
    }

    /// By which interface it sends to groups: of IPv4 by its address, of IPv6 by its name, `::%eth0` (`setMulticastInterface`).
    ///
    /// # Errors
    ///
    /// As [`Socket::set_broadcast`]; `EADDRNOTAVAIL` for an address that is not this machine's, `EINVAL` for what is none.
    pub fn set_multicast_interface(self, cx: &mut Ctx, interface: &str) -> Result<(), Error> {
        self.set(cx, "setMulticastInterface", |wrap, cx| {
            wrap.set_multicast_interface(cx, interface)
        })
    }

    /// Receives what is sent to a group, by the interface of that address, or one of the kernel's choice (`addMembership`). One that was not bound is bound first.
    ///
    /// # Errors
    ///
    /// See [above](Socket); `ERR_MISSING_ARGS` for nothing, `EINVAL` for what is no group, `EADDRINUSE` for one that it is in already.
    pub fn add_membership(
        self,
        cx: &mut Ctx,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Error> {
        self.check_group(cx, group)?;
        self.set(cx, "addMembership", |wrap, cx| {
            wrap.add_membership(cx, group, interface)
        })
    }

    /// And does so no longer (`dropMembership`).
    ///
    /// # Errors
    ///
    /// As [`Socket::add_membership`]; `EADDRNOTAVAIL` for one that it is not in.
    pub fn drop_membership(
        self,
        cx: &mut Ctx,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Error> {
        self.check_group(cx, group)?;
        self.set(cx, "dropMembership", |wrap, cx| {
            wrap.drop_membership(cx, group, interface)
        })
    }

    /// Receives what one source sends to a group (`addSourceSpecificMembership`).
    ///
    /// # Errors
    ///
    /// As [`Socket::add_membership`].
    pub fn add_source_specific_membership(
        self,
        cx: &mut Ctx,
        source: &str,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Error> {
        self.set(cx, "addSourceSpecificMembership", |wrap, cx| {
            wrap.add_source_specific_membership(cx, source, group, interface)
        })
    }

    /// And does so no longer (`dropSourceSpecificMembership`).
    ///
    /// # Errors
    ///
    /// As [`Socket::drop_membership`].
    pub fn drop_source_specific_membership(
        self,
        cx: &mut Ctx,
        source: &str,
        group: &str,
        interface: Option<&str>,
    ) -> Result<(), Error> {
        self.set(cx, "dropSourceSpecificMembership", |wrap, cx| {
            wrap.drop_source_specific_membership(cx, source, group, interface)
        })
    }

    fn check_group(self, cx: &Ctx, group: &str) -> Result<(), Error> {
        self.running(cx)?;
        match group {
            "" => Err(errors::missing("multicastAddress")),
            _ => Ok(()),
        }
    }

    fn buffer_size(self, cx: &mut Ctx, size: u32, is_recv: bool) -> Result<usize, Error> {
        let wrap = self.running(cx)?;
        wrap.buffer_size(cx, size, is_recv)
            .map_err(|errno| errors::buffer_size(errno, is_recv))
    }

    /// How many bytes the kernel keeps that are not received yet (`getRecvBufferSize`). Linux says twice of what was set.
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_RUNNING`; `ERR_SOCKET_BUFFER_SIZE` before it is bound.
    pub fn recv_buffer_size(self, cx: &mut Ctx) -> Result<usize, Error> {
        self.buffer_size(cx, 0, true)
    }

    /// How many bytes the kernel keeps that are not sent yet (`getSendBufferSize`).
    ///
    /// # Errors
    ///
    /// As [`Socket::recv_buffer_size`].
    pub fn send_buffer_size(self, cx: &mut Ctx) -> Result<usize, Error> {
        self.buffer_size(cx, 0, false)
    }

    /// Sets what [`Socket::recv_buffer_size`] says (`setRecvBufferSize`). As in Node 0 leaves it.
    ///
    /// # Errors
    ///
    /// As [`Socket::recv_buffer_size`].
    pub fn set_recv_buffer_size(self, cx: &mut Ctx, bytes: u32) -> Result<(), Error> {
        self.buffer_size(cx, bytes, true).map(drop)
    }

    /// Sets what [`Socket::send_buffer_size`] says (`setSendBufferSize`). As in Node 0 leaves it.
    ///
    /// # Errors
    ///
    /// As [`Socket::recv_buffer_size`].
    pub fn set_send_buffer_size(self, cx: &mut Ctx, bytes: u32) -> Result<(), Error> {
        self.buffer_size(cx, bytes, false).map(drop)
    }

    /// How many bytes wait to be sent (`getSendQueueSize`); 0 of a socket that is closed.
    pub fn get_send_queue_size(self, cx: &Ctx) -> usize {
        self.wrap(cx).map_or(0, |wrap| wrap.get_send_queue_size(cx))
    }

    /// How many datagrams wait to be sent (`getSendQueueCount`); 0 of a socket that is closed.
    pub fn get_send_queue_count(self, cx: &Ctx) -> usize {
        self.wrap(cx)
            .map_or(0, |wrap| wrap.get_send_queue_count(cx))
    }

    /// Lets it keep the loop alive while it receives, which it does unless it was [unref](Socket::unref)'d (`ref`).
    pub fn ref_(self, cx: &mut Ctx) {
        if let Some(wrap) = self.wrap(cx) {
            let _ = wrap.ref_(cx);
        }
    }

    /// Lets the loop end though it receives (`unref`).
    pub fn unref(self, cx: &mut Ctx) {
        if let Some(wrap) = self.wrap(cx) {
            let _ = wrap.unref(cx);
        }
    }
}
