//! Sending (`UDPWrap::Send`, `SendWrap`).

use std::io::IoSlice;
use std::net::SocketAddr;

use uvox_loop::{Ctx, Errno, emit, trace};

use super::address::Family;
use super::udp_wrap::UdpWrap;

/// A send that waits (`SendWrap`). It is a name, and can be copied freely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendWrap {
    handle: UdpWrap,
    async_id: u64,
    bytes: usize,
}

impl SendWrap {
    /// The wrap that sends.
    pub fn handle(self) -> UdpWrap {
        self.handle
    }

    /// How long the datagram is (`msg_size`).
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// The number that the send has among all that have one in its loop (`GetAsyncId`).
    pub fn get_async_id(self) -> u64 {
        self.async_id
    }

    /// What sort of thing it is, by the name that Node has for it: `"UDPSENDWRAP"` (`GetProviderType`).
    pub fn get_provider_type(self) -> &'static str {
        "UDPSENDWRAP"
    }
}

/// What became of a send: Node's number, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is done, and was so many bytes long; nobody is called back. Node says one more.
    Now(usize),
    /// It waits, and its callback will be called. Node says 0.
    Later(SendWrap),
}

impl UdpWrap {
    /// Sends a datagram to an IPv4 address (`Send`). If the kernel takes it at once, that is all. Else `oncomplete` is called from the loop when it is
    /// sent or has failed, with how that went and how long the datagram is.
    ///
    /// # Errors
    ///
    /// `EINVAL` if `ip` is no IPv4 address, or there is no buffer, not even an empty one; `EISCONN` if it is connected; what the kernel says at once, `EMSGSIZE`; and as
    /// [`Udp::send`](crate::uv::Udp::send); see also [above](UdpWrap). `oncomplete` is dropped then.
    pub fn send(
        self,
        cx: &mut Ctx,
        buffers: &[IoSlice<'_>],
        port: impl Into<i32>,
        ip: &str,
        oncomplete: impl FnOnce(&mut Ctx, SendWrap, Result<usize, Errno>) + 'static,
    ) -> Result<Sent, Errno> {
        let to = Family::Ipv4.address(ip, port.into());
        self.send_to(cx, buffers, to.map(Some), oncomplete)
    }

    /// The same to an IPv6 address (`Send6`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::send`], of IPv6.
    pub fn send6(
        self,
        cx: &mut Ctx,
        buffers: &[IoSlice<'_>],
        port: impl Into<i32>,
        ip: &str,
        oncomplete: impl FnOnce(&mut Ctx, SendWrap, Result<usize, Errno>) + 'static,
    ) -> Result<Sent, Errno> {
        let to = Family::Ipv6.address(ip, port.into());
        self.send_to(cx, buffers, to.map(Some), oncomplete)
    }

    /// The same to the peer that it is connected to (`Send` without an address).
    ///
    /// # Errors
    ///
    /// `EDESTADDRREQ` if it is not connected; else as [`UdpWrap::send`].
    pub fn send_connected(
        self,
        cx: &mut Ctx,
        buffers: &[IoSlice<'_>],
        oncomplete: impl FnOnce(&mut Ctx, SendWrap, Result<usize, Errno>) + 'static,
    ) -> Result<Sent, Errno> {
        self.send_to(cx, buffers, Ok(None), oncomplete)
    }

    /// What a send begins with: the kernel is tried, for an address that is no text, or, with `None`, for the peer that it is connected to.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if it has to wait, and then it may be [sent later](UdpWrap::send_later). Else as [`UdpWrap::send`].
    #[inline]
    pub fn try_send(
        self,
        cx: &mut Ctx,
        buffers: &[IoSlice<'_>],
        to: Option<SocketAddr>,
    ) -> Result<usize, Errno> {
        let udp = self.resolve(cx)?;
        let sent = udp.try_sendv(cx, buffers, to);
        // Whether it is closing need only be asked if it failed.
        sent.map_err(|errno| self.running(cx).err().unwrap_or(errno))
    }

    /// The other part of it, for what the kernel has no room for right now: it waits, and its callback will be called.
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::send`]; `oncomplete` is dropped then.
    pub fn send_later(
        self,
        cx: &mut Ctx,
        buffers: &[IoSlice<'_>],
        to: Option<SocketAddr>,
        oncomplete: impl FnOnce(&mut Ctx, SendWrap, Result<usize, Errno>) + 'static,
    ) -> Result<SendWrap, Errno> {
        let udp = self.running(cx)?;
        let wrap = SendWrap {
            handle: self,
            async_id: cx.next_number(),
            bytes: buffers.iter().map(|buffer| buffer.len()).sum(),
        };
        udp.sendv(cx, buffers, to, move |cx, _, status| {
            let _cause = emit!(Base, "after_send" @ self.0, result = status).map(trace::cause);
            oncomplete(cx, wrap, status.map(|()| wrap.bytes));
        })?;
        Ok(wrap)
    }

    /// `UDPWrap::DoSend`.
    fn send_to(
        self,
        cx: &mut Ctx,
        buffers: &[IoSlice<'_>],
        to: Result<Option<SocketAddr>, Errno>,
        oncomplete: impl FnOnce(&mut Ctx, SendWrap, Result<usize, Errno>) + 'static,
    ) -> Result<Sent, Errno> {
        let to = to?;
        match self.try_send(cx, buffers, to) {
            Ok(bytes) => Ok(Sent::Now(bytes)),
            Err(Errno::EAGAIN) => {
                let wrap = self.send_later(cx, buffers, to, oncomplete)?;
                Ok(Sent::Later(wrap))
            }
            Err(errno) => Err(errno),
        }
    }

    /// How many bytes are in sends that wait (`GetSendQueueSize`).
    pub fn get_send_queue_size(self, cx: &Ctx) -> usize {
        self.below(cx).map_or(0, |udp| udp.send_queue_size(cx))
    }

    /// How many sends wait (`GetSendQueueCount`).
    pub fn get_send_queue_count(self, cx: &Ctx) -> usize {
        self.below(cx).map_or(0, |udp| udp.send_queue_count(cx))
    }
}
