//! Sending what the kernel takes right now (`uv_udp_try_send`, `uv_udp_try_send2`).

use std::io::IoSlice;
use std::net::SocketAddr;

use uvox_loop::sys::{self, Control, Domain, Message, RawAddress};
use uvox_loop::{Ctx, Errno, emit};

use super::batches::{give_back_sending, take_sending};
use super::bind::BindFlags;
use super::send::{MOST_BYTES, check, check_address, transmit};
use super::state::Udp;

impl Udp {
    /// Sends a datagram now or never (`uv_udp_try_send`), and returns how long it is. To whom, [`send`](Udp::send) says.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if sends are queued or still to be told of, or the kernel has no room; else as [`Udp::send`], and what the kernel says.
    pub fn try_send(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        to: impl Into<Option<SocketAddr>>,
    ) -> Result<usize, Errno> {
        self.try_one(cx, bytes, to.into())
    }

    /// One piece, and nothing besides.
    #[inline]
    fn try_one(self, cx: &mut Ctx, bytes: &[u8], to: Option<SocketAddr>) -> Result<usize, Errno> {
        let Some(parts) = cx
            .parts(self.0)
            .filter(|parts| parts.state.queue.count() == 0)
        else {
            return self.try_sendv_with(cx, &[IoSlice::new(bytes)], to, &Control::default());
        };
        check_address(parts.state.connected, to.is_some())?;
        if bytes.len() > MOST_BYTES {
            return Err(Errno::EINVAL);
        }
        let sent = match to {
            Some(to) => sys::sendto(parts.fd, bytes, &RawAddress::from(to)),
            None => sys::send(parts.fd, bytes),
        };
        let sent = sent.map(|_| bytes.len());
        emit!(Uv, "try_send" @ self, bytes = bytes.len(), result = sent);
        sent.map_err(no_room)
    }

    /// The same with a datagram in many pieces.
    ///
    /// # Errors
    ///
    /// As [`Udp::try_send`]; `EINVAL` also for no piece at all.
    pub fn try_sendv(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        to: impl Into<Option<SocketAddr>>,
    ) -> Result<usize, Errno> {
        match pieces {
            [piece] => self.try_one(cx, piece, to.into()),
            _ => self.try_sendv_with(cx, pieces, to.into(), &Control::default()),
        }
    }

    /// The same with [what is to go along](Udp::send_with) with it.
    ///
    /// # Errors
    ///
    /// As [`Udp::try_sendv`].
    pub fn try_send_with(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        to: impl Into<Option<SocketAddr>>,
        control: &Control,
    ) -> Result<usize, Errno> {
        self.try_sendv_with(cx, pieces, to.into(), control)
    }

    fn try_sendv_with(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        to: Option<SocketAddr>,
        control: &Control,
    ) -> Result<usize, Errno> {
        if cx.parts(self.0).is_none() {
            // It is not open, or it has no socket yet.
            self.check_before_send(cx, pieces, to)?;
        }
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        if parts.state.queue.count() > 0 {
            return Err(Errno::EAGAIN);
        }
        let total = check(parts.state.connected, to.is_some(), pieces)?;
        let to = to.map(RawAddress::from);
        let sent = transmit(parts.fd, pieces, to.as_ref(), control).map(|()| total);
        emit!(Uv, "try_send" @ self, bytes = total, result = sent);
        sent.map_err(no_room)
    }

    /// Sends datagrams, many with one system call, until the kernel takes no more, and returns how many that were (`uv_udp_try_send2`). What stopped it is
    /// learnt by sending the rest. Neighbours that are alike are [coalesced](Udp::send_coalesced).
    ///
    /// # Errors
    ///
    /// `EINVAL` for no datagram at all, or one that cannot be sent; `EISCONN`, `EDESTADDRREQ` if any has an address that it should not have, or has none: then
    /// nothing is sent. Else what happens to the first of them, as [`Udp::try_send`].
    pub fn try_send_batch(self, cx: &mut Ctx, messages: &[Message<'_>]) -> Result<usize, Errno> {
        if messages.is_empty() {
            return Err(Errno::EINVAL);
        }
        let connected = cx.open_state(self.0)?.connected;
        for message in messages {
            if message.to.is_some_and(|to| to.ip().is_none()) {
                return Err(Errno::EINVAL);
            }
            check(connected, message.to.is_some(), message.buffers)?;
        }
        if let Some(to) = messages[0].to.and_then(RawAddress::ip) {
            self.need_bound(cx, Domain::for_address(to), BindFlags::NONE)?;
        }
        if cx.open_state(self.0)?.queue.count() > 0 {
            return Err(Errno::EAGAIN);
        }
        let mut batch = take_sending(cx);
        let mut taken = 0;
        let ended = loop {
            let left = messages.get(taken..).unwrap_or_default();
            if left.is_empty() {
                break Ok(taken);
            }
            let Some(parts) = cx.parts(self.0) else {
                break Err(Errno::EBADF);
            };
            let coalescing = &mut parts.state.queue.coalescing;
            match coalescing.send(parts.fd, &mut batch, left.iter().copied()) {
                Ok(count) => taken += count,
                Err(errno) => break Err(errno),
            }
        };
        give_back_sending(cx, batch);
        let sent = match ended {
            Err(_) if taken > 0 => Ok(taken),
            ended => ended,
        };
        emit!(Uv, "try_send_batch" @ self, datagrams = messages.len(), result = sent);
        sent.map_err(no_room)
    }
}

/// Whether it is the socket's buffer or the interface's that is full is all the same.
#[inline]
fn no_room(errno: Errno) -> Errno {
    if errno == Errno::ENOBUFS {
        Errno::EAGAIN
    } else {
        errno
    }
}
