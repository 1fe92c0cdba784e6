//! Writing what goes out right now (`uv_try_write`).

use std::io::IoSlice;

use uvox_loop::sys::{self, IOV_MAX};
use uvox_loop::{Ctx, Errno, Parts, emit, emit_around};

use super::pieces::{length, send_many};
use super::shutdown::Sending;
use super::state::{Stream, StreamState};

impl Stream {
    /// Writes what the kernel takes right now, and queues nothing (`uv_try_write`). Returns how much that was.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if something is queued, the stream is still connecting, or the kernel has no room; else as [`Stream::write`], and what
    /// the kernel says.
    // Always, because an answer that is not inlined comes through memory.
    #[inline(always)]
    pub fn try_write(self, cx: &mut Ctx, bytes: &[u8]) -> Result<usize, Errno> {
        let other = |cx: &mut Ctx| self.try_one(cx, bytes);
        self.send_one(cx, bytes, |_| false, other)
    }

    /// The same with many pieces, in one call of the kernel's.
    ///
    /// # Errors
    ///
    /// As [`Stream::try_write`].
    pub fn try_writev(self, cx: &mut Ctx, pieces: &[IoSlice<'_>]) -> Result<usize, Errno> {
        self.try_pieces(cx, pieces, |_| false)
    }

    /// The same for one who [writes](Stream::writev) next what the kernel does not take: what would be too much for the queue's limit is refused
    /// with `ENOBUFS` before a part of it is sent.
    pub(crate) fn try_writev_first(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
    ) -> Result<usize, Errno> {
        self.try_pieces(cx, pieces, |state| {
            let total = pieces.iter().map(|piece| piece.len()).sum();
            state.queue.is_over_limit(total)
        })
    }

    /// The same with one piece.
    #[inline]
    pub(crate) fn try_write_first(self, cx: &mut Ctx, bytes: &[u8]) -> Result<usize, Errno> {
        let is_too_much = |state: &StreamState| state.queue.is_over_limit(bytes.len());
        let other = |cx: &mut Ctx| self.try_writev_first(cx, &[IoSlice::new(bytes)]);
        self.send_one(cx, bytes, is_too_much, other)
    }

    #[inline]
    fn try_pieces(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        is_too_much: impl FnOnce(&StreamState) -> bool,
    ) -> Result<usize, Errno> {
        emit_around!(Uv, "stream.try_write" @ self, bytes = length(pieces), pieces = pieces.len()
            => self.try_now(cx, pieces, is_too_much))
    }

    fn try_now(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        is_too_much: impl FnOnce(&StreamState) -> bool,
    ) -> Result<usize, Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        check_try(&parts, is_too_much)?;
        let sent = send_many(parts.fd, parts.state, pieces);
        // What the kernel was not even given does not mean that there is no room for it.
        let given = length(&pieces[..pieces.len().min(IOV_MAX)]);
        if sent == Err(Errno::EAGAIN) || sent.is_ok_and(|count| count < given) {
            parts.ready.would_block_writing();
        }
        if let Ok(took) = sent {
            let total = length(pieces);
            emit!(Uv, "stream.try_write.sent" @ self, bytes = total, left = total - took, result = sent);
        }
        sent
    }

    /// Sends one piece, if that can be done right now, as it mostly can, and nobody watches. If it is another case, that is done.
    #[inline(always)]
    fn send_one(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        is_too_much: impl FnOnce(&StreamState) -> bool,
        other: impl FnOnce(&mut Ctx) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        let Some(parts) = self.plain_parts(cx, is_too_much) else {
            return other(cx);
        };
        let sent = sys::send(parts.fd, bytes);
        match sent {
            Ok(count) if count < bytes.len() => self.end_room(cx),
            Err(Errno::EAGAIN) => self.end_room(cx),
            Ok(_) | Err(_) => {}
        }
        sent
    }

    /// A stream to which one piece can be sent right now.
    #[inline(always)]
    pub(super) fn plain_parts(
        self,
        cx: &mut Ctx,
        is_too_much: impl FnOnce(&StreamState) -> bool,
    ) -> Option<Parts<'_, StreamState>> {
        if sys::is_watched() {
            return None;
        }
        let parts = cx.parts(self.0)?;
        let state = &*parts.state;
        let is_plain = state.rare.is_none()
            && state.sending == Sending::Open
            && state.queue.size() == 0
            && state.channel.is_socket()
            && !state.waits_to_write
            && !is_too_much(state);
        (is_plain && parts.ready.can_write()).then_some(parts)
    }

    /// Any other.
    #[inline(never)]
    fn try_one(self, cx: &mut Ctx, bytes: &[u8]) -> Result<usize, Errno> {
        self.try_writev(cx, &[IoSlice::new(bytes)])
    }

    /// The kernel has no more room.
    #[cold]
    #[inline(never)]
    fn end_room(self, cx: &mut Ctx) {
        if let Some(parts) = cx.parts(self.0) {
            parts.ready.would_block_writing();
        }
    }

    /// From now on a [`try_write`](Stream::try_write) waits until all is sent, or does not (`uv_stream_set_blocking`). Reading is as it was, and so is what
    /// is queued.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, closing, or has no descriptor.
    pub fn set_blocking(self, cx: &mut Ctx, blocking: bool) -> Result<(), Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        parts.state.waits_to_write = blocking;
        Ok(())
    }
}

/// Whether the kernel can be tried with bytes at once.
#[inline(always)]
fn check_try(
    parts: &Parts<'_, StreamState>,
    is_too_much: impl FnOnce(&StreamState) -> bool,
) -> Result<(), Errno> {
    let state = &*parts.state;
    state.sending.check_open()?;
    if is_too_much(state) {
        return Err(Errno::ENOBUFS);
    }
    if state.queue.size() > 0 || state.is_connecting() || state.in_pipe() > 0 {
        return Err(Errno::EAGAIN);
    }
    match parts.ready.can_write() || state.waits_to_write {
        true => Ok(()),
        false => Err(Errno::EAGAIN),
    }
}
