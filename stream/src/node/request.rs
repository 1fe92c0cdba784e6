//! What goes on and will be over: writes and shutdowns (`StreamReq`, `WriteWrap`, `ShutdownWrap`).

use std::fmt;

use uvox_loop::{Ctx, Errno};

use super::base::StreamBase;

pub(super) type OnComplete = Box<dyn FnOnce(&mut Ctx, StreamBase, Result<(), Errno>)>;

/// The name of a write that was queued: by it a listener knows which one it hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WriteId {
    stream: StreamBase,
    number: u64,
}

/// A write that was not done at once (`WriteWrap`). There is none for one that was.
#[must_use = "a request that is dropped never completes"]
pub struct WriteWrap {
    id: WriteId,
    bytes: usize,
    oncomplete: OnComplete,
}

/// A shutdown that goes on (`ShutdownWrap`).
#[must_use = "a request that is dropped never completes"]
pub struct ShutdownWrap {
    stream: StreamBase,
    oncomplete: OnComplete,
}

impl WriteId {
    pub(super) fn new(stream: StreamBase, number: u64) -> WriteId {
        WriteId { stream, number }
    }

    /// The stream it goes to.
    pub fn stream(self) -> StreamBase {
        self.stream
    }
}

impl WriteWrap {
    pub(super) fn new(id: WriteId, bytes: usize, oncomplete: OnComplete) -> WriteWrap {
        WriteWrap {
            id,
            bytes,
            oncomplete,
        }
    }

    /// Its name, as the [result](super::StreamWriteResult::wrap) of the write has it.
    pub fn id(&self) -> WriteId {
        self.id
    }

    /// The stream it goes to (`stream()`).
    pub fn stream(&self) -> StreamBase {
        self.id.stream
    }

    /// How many bytes the write was of, those included that went out at once.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// It is over: what the makers of streams say, from a phase of the loop. The stream's listeners hear of it, the current one first
    /// (`StreamReq::Done`).
    pub fn done(self, cx: &mut Ctx, status: Result<(), Errno>) {
        self.stream().emit_after_write(cx, self, status);
    }

    /// Tells whoever made the write, by the callback they gave: what the last listener does.
    pub fn complete(self, cx: &mut Ctx, status: Result<(), Errno>) {
        (self.oncomplete)(cx, self.id.stream, status);
    }
}

impl ShutdownWrap {
    pub(super) fn new(stream: StreamBase, oncomplete: OnComplete) -> ShutdownWrap {
        ShutdownWrap { stream, oncomplete }
    }

    /// The stream that is shut down (`stream()`).
    pub fn stream(&self) -> StreamBase {
        self.stream
    }

    /// As [`WriteWrap::done`].
    pub fn done(self, cx: &mut Ctx, status: Result<(), Errno>) {
        self.stream.emit_after_shutdown(cx, self, status);
    }

    /// As [`WriteWrap::complete`].
    pub fn complete(self, cx: &mut Ctx, status: Result<(), Errno>) {
        (self.oncomplete)(cx, self.stream, status);
    }
}

impl fmt::Debug for WriteWrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteWrap")
            .field("id", &self.id)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ShutdownWrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShutdownWrap")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}
