//! What a stream base asks of an end in memory.

use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Key};

use super::run::{call_reader, send};
use super::{End, Sending, Source, Waiting};
use crate::node::base::StreamBase;
use crate::node::methods::{Pieces, StreamMethods};
use crate::node::request::{ShutdownWrap, WriteWrap};

pub(super) struct Methods;

impl StreamMethods for Methods {
    fn read_start(&self, cx: &mut Ctx, _: StreamBase, below: Key) -> Result<(), Errno> {
        let end = End::from_key(below);
        let state = cx.open_state(end)?;
        if state.reading {
            return Err(Errno::EALREADY);
        }
        if state.source == Source::Failed {
            return Err(Errno::ENOTCONN);
        }
        state.reading = true;
        call_reader(cx, end);
        cx.set_active(end, true)
    }

    fn read_stop(&self, cx: &mut Ctx, _: StreamBase, below: Key) -> Result<(), Errno> {
        let end = End::from_key(below);
        cx.state_mut(end).ok_or(Errno::EBADF)?.reading = false;
        cx.set_active(end, false)
    }

    fn try_write(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        pieces: &[IoSlice<'_>],
    ) -> Result<usize, Errno> {
        let end = End::from_key(below);
        let state = cx.open_state(end).map_err(|_| Errno::EBADF)?;
        if !state.waiting.is_empty() {
            return Err(Errno::EAGAIN);
        }
        let peer = check_open(cx, end)?;
        let state = cx.state_mut(peer).ok_or(Errno::EPIPE)?;
        let total: usize = pieces.iter().map(|piece| piece.len()).sum();
        let room = state.room();
        if room == 0 && total > 0 {
            return Err(Errno::EAGAIN);
        }
        let mut left = room;
        for piece in pieces {
            let taken = piece.len().min(left);
            state.arrived.extend(&piece[..taken]);
            left -= taken;
        }
        call_reader(cx, peer);
        Ok(room - left)
    }

    fn write(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        pieces: Pieces<'_>,
        wrap: WriteWrap,
    ) -> Result<(), Errno> {
        let end = End::from_key(below);
        cx.open_state(end).map_err(|_| Errno::EBADF)?;
        check_open(cx, end)?;
        let state = cx.state_mut(end).ok_or(Errno::EBADF)?;
        let left = pieces.into_owned().into();
        state.waiting.push_back(Waiting { left, wrap });
        cx.begin_request();
        send(cx, end);
        Ok(())
    }

    fn shutdown(
        &self,
        cx: &mut Ctx,
        _: StreamBase,
        below: Key,
        wrap: ShutdownWrap,
    ) -> Result<(), Errno> {
        let end = End::from_key(below);
        let state = cx.open_state(end).map_err(|_| Errno::ENOTCONN)?;
        if !matches!(state.sending, Sending::Open) || state.source == Source::Failed {
            return Err(Errno::ENOTCONN);
        }
        state.sending = Sending::Ending(wrap);
        cx.begin_request();
        cx.feed(end)
    }

    fn is_alive(&self, cx: &Ctx, _: StreamBase, below: Key) -> bool {
        cx.state(End::from_key(below)).is_some()
    }

    fn write_queue_size(&self, cx: &Ctx, _: StreamBase, below: Key) -> usize {
        let waiting = cx.state(End::from_key(below)).map(|state| &state.waiting);
        let pieces = waiting
            .into_iter()
            .flatten()
            .flat_map(|request| &request.left);
        pieces.map(Bytes::len).sum()
    }
}

/// The other end, if it can be written to.
fn check_open(cx: &Ctx, end: End) -> Result<End, Errno> {
    let state = cx.state(end).ok_or(Errno::EBADF)?;
    match (&state.sending, state.source) {
        (Sending::Open, Source::Failed) => Err(Errno::EPIPE),
        (Sending::Open, _) => state.peer.ok_or(Errno::EPIPE),
        (Sending::Ending(_) | Sending::Ended, _) => Err(Errno::EPIPE),
    }
}
