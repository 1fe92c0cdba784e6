//! Connection attempts (`ConnectWrap`, `connect_wrap.cc`).

use std::fmt;

use uvox_loop::{Ctx, Errno, emit, trace};

use super::async_wrap::new_async_id;
use super::base::StreamBase;
use super::connection_wrap::ConnectionWrap;
use crate::uv::Stream;

/// A connection attempt (`ConnectWrap`). It is a name, and can be copied freely; a wrap has one of them at a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ConnectWrap<W> {
    handle: W,
    async_id: u64,
}

/// How an attempt ended: what `oncomplete` gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Connected<W> {
    /// Whether there is a connection: `ECONNREFUSED` if nobody listens there, `ECANCELED` if the wrap was closed before.
    pub status: Result<(), Errno>,
    /// The wrap that was to be connected.
    pub handle: W,
    /// The attempt.
    pub req: ConnectWrap<W>,
    /// Whether there is something to read from; not if it failed.
    pub readable: bool,
    /// Whether it can be written to; not if it failed.
    pub writable: bool,
}

/// What a stream base keeps of an attempt that goes on.
pub(super) struct Attempt {
    async_id: u64,
    provider: &'static str,
    oncomplete: Option<Box<OnConnected>>,
}

type OnConnected = dyn FnOnce(&mut Ctx, End);

/// How it ended, without the names.
struct End {
    status: Result<(), Errno>,
    readable: bool,
    writable: bool,
}

impl<W: ConnectionWrap> ConnectWrap<W> {
    /// An attempt has begun, and the wrap had none (`ReqWrap::Dispatch`); when it ends, [`after_connect`](ConnectionWrap::after_connect) is to be
    /// called. For the crates that make wraps.
    pub fn new(
        cx: &mut Ctx,
        handle: W,
        provider: &'static str,
        oncomplete: impl FnOnce(&mut Ctx, Connected<W>) + 'static,
    ) -> ConnectWrap<W> {
        let req = ConnectWrap {
            handle,
            async_id: new_async_id(cx),
        };
        if let Some(state) = cx.state_mut(handle.stream_base().0) {
            state.attempt = Some(Box::new(Attempt {
                async_id: req.async_id,
                provider,
                oncomplete: None,
            }));
        }
        req.set_oncomplete(cx, oncomplete);
        req
    }

    /// The wrap that is to be connected.
    pub fn handle(self) -> W {
        self.handle
    }

    /// The number that the attempt has among all attempts and stream bases of its loop (`GetAsyncId`).
    pub fn get_async_id(self) -> u64 {
        self.async_id
    }

    /// What sort of attempt it is: `"TCPCONNECTWRAP"`, `"PIPECONNECTWRAP"` (`GetProviderType`); none when it is over.
    pub fn get_provider_type(self, cx: &Ctx) -> Option<&'static str> {
        Some(self.attempt(cx)?.provider)
    }

    /// Whether it goes on: not any more while `oncomplete` runs.
    pub fn is_pending(self, cx: &Ctx) -> bool {
        self.attempt(cx).is_some()
    }

    /// Puts another callback in the place of the one that was given; nothing if the attempt is over.
    pub fn set_oncomplete(
        self,
        cx: &mut Ctx,
        oncomplete: impl FnOnce(&mut Ctx, Connected<W>) + 'static,
    ) {
        self.replace(
            cx,
            Some(Box::new(move |cx, end| {
                let connected = Connected {
                    status: end.status,
                    handle: self.handle,
                    req: self,
                    readable: end.readable,
                    writable: end.writable,
                };
                oncomplete(cx, connected);
            })),
        );
    }

    /// Nobody is to hear how it ends: what Node's `net` does before it closes a wrap whose attempt has lasted too long.
    pub fn clear_oncomplete(self, cx: &mut Ctx) {
        self.replace(cx, None);
    }

    fn replace(self, cx: &mut Ctx, oncomplete: Option<Box<OnConnected>>) {
        let state = cx.state_mut(self.handle.stream_base().0);
        let attempt = state.and_then(|state| state.attempt.as_deref_mut());
        if let Some(attempt) = attempt.filter(|attempt| attempt.async_id == self.async_id) {
            let replaced = std::mem::replace(&mut attempt.oncomplete, oncomplete);
            // What it captured may be dropped now.
            drop(replaced);
        }
    }

    fn attempt(self, cx: &Ctx) -> Option<&Attempt> {
        let attempt = cx.state(self.handle.stream_base().0)?.attempt.as_deref()?;
        (attempt.async_id == self.async_id).then_some(attempt)
    }
}

/// Ends the attempt of a stream base, and tells.
pub(super) fn end_attempt(cx: &mut Ctx, base: StreamBase, status: Result<(), Errno>) {
    let attempt = cx.state_mut(base.0).and_then(|state| state.attempt.take());
    let _cause = emit!(Base, "base.after_connect" @ base.0, result = status).map(trace::cause);
    let Some(oncomplete) = attempt.and_then(|attempt| attempt.oncomplete) else {
        return;
    };
    let stream = base.handle(cx).map(Stream::from_key);
    let can = |ask: fn(Stream, &Ctx) -> bool| {
        status.is_ok() && stream.is_some_and(|stream| ask(stream, cx))
    };
    let end = End {
        status,
        readable: can(Stream::is_readable),
        writable: can(Stream::is_writable),
    };
    oncomplete(cx, end);
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("async_id", &self.async_id)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
