//! What a stream base is made of below.

use std::io::IoSlice;
use std::os::fd::RawFd;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Key};

use super::base::StreamBase;
use super::request::{ShutdownWrap, WriteWrap};
use crate::uv::Stream;

/// What a [`StreamBase`] asks of whatever lies below it: the functions that are virtual in Node's `StreamResource` and `StreamBase`.
///
/// One static for each sort of stream base. `below` names what lies below this one: a uv stream, an end of a pair in memory, a state of
/// one's own. The functions are leaves: they call nobody back. What happens later they tell by [`StreamBase::emit_alloc`],
/// [`StreamBase::emit_read`], [`WriteWrap::done`] and [`ShutdownWrap::done`], from a phase of the loop.
///
/// When the handle below has closed, its `on_close` closes the base ([`StreamBase::destroy`]).
pub trait StreamMethods: Sync {
    /// Begins to read (`ReadStart`).
    ///
    /// # Errors
    ///
    /// Whatever the sort of stream says.
    fn read_start(&self, cx: &mut Ctx, base: StreamBase, below: Key) -> Result<(), Errno>;

    /// Stops reading, at once (`ReadStop`).
    ///
    /// # Errors
    ///
    /// Whatever the sort of stream says.
    fn read_stop(&self, cx: &mut Ctx, base: StreamBase, below: Key) -> Result<(), Errno>;

    /// Whether reads are to go into the loop's own buffer from now on, without being asked for another by [`StreamBase::emit_alloc`]: nobody would give one. It may be asked
    /// all the same, as those do that leave this out.
    fn lend(&self, cx: &mut Ctx, base: StreamBase, below: Key, lends: bool) {
        let _ = (cx, base, below, lends);
    }

    /// Writes what goes out right now, and says how much that was (`DoTryWrite`). A sort of stream that cannot says so, as this does.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if all of it is to be given to [`write`](StreamMethods::write). Anything else ends the write with that.
    fn try_write(
        &self,
        cx: &mut Ctx,
        base: StreamBase,
        below: Key,
        pieces: &[IoSlice<'_>],
    ) -> Result<usize, Errno> {
        let _ = (cx, base, below, pieces);
        Err(Errno::EAGAIN)
    }

    /// The same with one piece, as most writes have, and with an answer that is one number.
    fn try_write_one(&self, cx: &mut Ctx, base: StreamBase, below: Key, bytes: &[u8]) -> Sent {
        self.try_write(cx, base, below, &[IoSlice::new(bytes)])
            .into()
    }

    /// Queues what could not be written at once; when it is over, `wrap` is told (`DoWrite`).
    ///
    /// # Errors
    ///
    /// The write ends with that, and `wrap` is dropped.
    fn write(
        &self,
        cx: &mut Ctx,
        base: StreamBase,
        below: Key,
        pieces: Pieces<'_>,
        wrap: WriteWrap,
    ) -> Result<(), Errno>;

    /// Ends what is sent, after all that is queued; when it is done, `wrap` is told (`DoShutdown`).
    ///
    /// # Errors
    ///
    /// The shutdown ends with that, and `wrap` is dropped.
    fn shutdown(
        &self,
        cx: &mut Ctx,
        base: StreamBase,
        below: Key,
        wrap: ShutdownWrap,
    ) -> Result<(), Errno>;

    /// Whether the stream says when it wants to be written to, by [`StreamBase::emit_wants_write`] (`HasWantsWrite`).
    fn has_wants_write(&self) -> bool {
        false
    }

    /// The uv stream that this is, if it is nothing but that: what its listeners hear are the bytes of the descriptor, and what is written goes there
    /// as it is.
    fn uv_stream(&self, below: Key) -> Option<Stream> {
        let _ = below;
        None
    }

    /// The descriptor, if there is one at the bottom (`GetFD`, where it is -1 otherwise).
    fn get_fd(&self, cx: &Ctx, base: StreamBase, below: Key) -> Option<RawFd> {
        let _ = (cx, base, below);
        None
    }

    /// Whether what lies below still is: until its close callback (`IsAlive`).
    fn is_alive(&self, cx: &Ctx, base: StreamBase, below: Key) -> bool {
        let _ = base;
        cx.info(below).is_some()
    }

    /// Whether what lies below is closing or gone (`IsClosing`).
    fn is_closing(&self, cx: &Ctx, base: StreamBase, below: Key) -> bool {
        let _ = base;
        cx.is_closing(below)
    }

    /// How many bytes wait to be sent (`writeQueueSize`).
    fn write_queue_size(&self, cx: &Ctx, base: StreamBase, below: Key) -> usize {
        let _ = (cx, base, below);
        0
    }
}

/// What [`try_write`](StreamMethods::try_write) says, as the kernel would: so many bytes, or an error's number below zero. It fits a register, as a `Result` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent(isize);

impl Sent {
    /// Whether a piece went out whole.
    #[inline]
    pub fn is_all(self, piece: &[u8]) -> bool {
        self.0 >= piece.len() as isize
    }
}

impl From<Result<usize, Errno>> for Sent {
    #[inline]
    fn from(result: Result<usize, Errno>) -> Sent {
        // No piece is as long as half of the memory that could be addressed.
        Sent(result.map_or_else(|errno| -(errno.raw() as isize), |count| count as isize))
    }
}

impl From<Sent> for Result<usize, Errno> {
    fn from(Sent(number): Sent) -> Result<usize, Errno> {
        usize::try_from(number).map_err(|_| Errno::from_raw(number as i32))
    }
}

/// What is to be queued of a write.
#[derive(Debug)]
pub enum Pieces<'a> {
    /// The caller's, until the call returns.
    Lent(&'a [IoSlice<'a>]),
    /// Handed over.
    Own(Vec<Bytes>),
}

impl Pieces<'_> {
    /// All of it as owned bytes: what was lent is copied, into one piece.
    pub fn into_owned(self) -> Vec<Bytes> {
        match self {
            Pieces::Own(pieces) => pieces,
            Pieces::Lent(pieces) => {
                let mut copy = Vec::with_capacity(pieces.iter().map(|piece| piece.len()).sum());
                for piece in pieces {
                    copy.extend_from_slice(piece);
                }
                vec![Bytes::from(copy)]
            }
        }
    }
}
