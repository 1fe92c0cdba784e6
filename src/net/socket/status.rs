//! What can be asked of a socket.

use std::fmt;

use uvox_loop::Ctx;
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{AddressInfo, Family};

use super::state::Socket;

/// What a socket can do at the moment (`readyState`). It displays as Node writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadyState {
    /// It is connecting.
    Opening,
    /// It can be read and written.
    Open,
    /// It can only be read.
    ReadOnly,
    /// It can only be written.
    WriteOnly,
    /// Neither.
    Closed,
}

impl fmt::Display for ReadyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReadyState::Opening => "opening",
            ReadyState::Open => "open",
            ReadyState::ReadOnly => "readOnly",
            ReadyState::WriteOnly => "writeOnly",
            ReadyState::Closed => "closed",
        })
    }
}

impl Socket {
    /// What it can do at the moment (`readyState`).
    pub fn ready_state(self, cx: &Ctx) -> ReadyState {
        if self.is_connecting(cx) {
            return ReadyState::Opening;
        }
        match (self.duplex.is_readable(cx), self.duplex.is_writable(cx)) {
            (true, true) => ReadyState::Open,
            (true, false) => ReadyState::ReadOnly,
            (false, true) => ReadyState::WriteOnly,
            (false, false) => ReadyState::Closed,
        }
    }

    /// Whether [`connect`](Socket::connect) was called, and has not ended (`connecting`).
    pub fn is_connecting(self, cx: &Ctx) -> bool {
        self.state(cx).is_some_and(|state| state.connecting)
    }

    /// Whether it is not connected, yet or any more (`pending`).
    pub fn is_pending(self, cx: &Ctx) -> bool {
        self.state(cx)
            .is_none_or(|state| state.wrap.is_none() || state.connecting)
    }

    /// How much of what was written is not sent yet (`bufferSize`, `writableLength`); `None` if it has nothing to send it by.
    pub fn buffer_size(self, cx: &Ctx) -> Option<usize> {
        self.wrap(cx)?;
        Some(self.duplex.writable_length(cx))
    }

    /// How many bytes were received (`bytesRead`).
    pub fn bytes_read(self, cx: &Ctx) -> u64 {
        self.state(cx).map_or(0, |state| match state.wrap {
            Some(wrap) => wrap.stream_base().bytes_read(cx),
            None => state.bytes_read,
        })
    }

    /// How many bytes were written, those included that wait (`bytesWritten`).
    pub fn bytes_written(self, cx: &Ctx) -> u64 {
        let Some(state) = self.state(cx) else {
            return 0;
        };
        let dispatched = match state.wrap {
            Some(wrap) => wrap.stream_base().bytes_written(cx),
            None => state.bytes_written,
        };
        let pending = state.more.as_ref().map_or(0, |more| more.pending_bytes);
        let waiting = pending + self.duplex.writable_buffered_bytes(cx);
        dispatched + waiting as u64
    }

    /// Its own address (`address()`); of what is not TCP there is none.
    pub fn address(self, cx: &mut Ctx) -> Option<AddressInfo> {
        let wrap = self.wrap(cx)?;
        let known = |more: &super::state::More| more.sockname.clone();
        if let Some(info) = self.state(cx)?.more.as_deref().and_then(known) {
            return Some(info);
        }
        let info = wrap.getsockname(cx)?.ok()?;
        self.more(cx)?.sockname = Some(info.clone());
        Some(info)
    }

    /// The peer's address. One that was asked for once is remembered when the connection is gone.
    pub fn remote(self, cx: &mut Ctx) -> Option<AddressInfo> {
        let state = self.state(cx)?;
        let known = state.more.as_deref().and_then(|more| more.peername.clone());
        let wrap = state.wrap.filter(|_| !state.connecting);
        if let Some(info) = known {
            return Some(info);
        }
        let info = wrap?.getpeername(cx)?.ok()?;
        self.more(cx)?.peername = Some(info.clone());
        Some(info)
    }

    /// Its own address, as text (`localAddress`).
    pub fn local_address(self, cx: &mut Ctx) -> Option<String> {
        Some(self.address(cx)?.address)
    }

    /// Its own port (`localPort`).
    pub fn local_port(self, cx: &mut Ctx) -> Option<u16> {
        Some(self.address(cx)?.port)
    }

    /// Which of the two its own address is (`localFamily`).
    pub fn local_family(self, cx: &mut Ctx) -> Option<Family> {
        Some(self.address(cx)?.family)
    }

    /// The peer's address, as text (`remoteAddress`).
    pub fn remote_address(self, cx: &mut Ctx) -> Option<String> {
        Some(self.remote(cx)?.address)
    }

    /// The peer's port (`remotePort`).
    pub fn remote_port(self, cx: &mut Ctx) -> Option<u16> {
        Some(self.remote(cx)?.port)
    }

    /// Which of the two the peer's address is (`remoteFamily`).
    pub fn remote_family(self, cx: &mut Ctx) -> Option<Family> {
        Some(self.remote(cx)?.family)
    }
}
