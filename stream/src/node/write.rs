//! Writing (`StreamBase::Write`, `Writev`, `WriteString`).

use std::io::IoSlice;
use std::slice;

use bytes::Bytes;
use uvox_loop::trace::{self, Outcome};
use uvox_loop::{Ctx, Errno, emit};

use super::base::{Below, StreamBase};
use super::encoding::Encoding;
use super::methods::{Pieces, Sent};
use super::request::{OnComplete, WriteId, WriteWrap};
use crate::uv::{length, share_rest};

/// How a write began (`StreamWriteResult`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a write that failed at once tells it here, and nowhere else"]
pub struct StreamWriteResult {
    /// Whether its callback is still to come: some of it was queued. If not, it is over, and its callback was dropped
    /// (`kLastWriteWasAsync`).
    pub is_async: bool,
    /// Why it failed at once.
    pub err: Option<Errno>,
    /// The name of the request, if it is asynchronous.
    pub wrap: Option<WriteId>,
    /// How many bytes the write was of, whether they went out, were queued, or failed (`kBytesWritten`). 0 if the stream is gone.
    pub bytes: usize,
}

/// A write that was [begun](StreamBase::begin_write), and is not over: how far it came, if it was tried at all.
#[derive(Clone, Copy, Debug)]
#[must_use = "nobody hears of what was not sent, until the write is ended"]
pub struct Unended(Option<Sent>);

/// What [`StreamBase::end_write`] writes.
#[derive(Clone, Debug)]
pub enum Piece<'a> {
    /// Bytes, as [`StreamBase::write`] takes them.
    Lent(&'a [u8]),
    /// Bytes, as [`StreamBase::write_bytes`] takes them.
    Own(Bytes),
    /// Text in UTF-8, as [`StreamBase::write_string`] takes it.
    Text(&'a str),
}

/// A part of what [`StreamBase::writev`] writes.
#[derive(Clone, Debug)]
pub enum Chunk<'a> {
    /// Bytes, of which no copy is made.
    Bytes(Bytes),
    /// Text, to be encoded.
    Text(&'a str, Encoding),
}

/// Up to that size a text is encoded on the stack, in bytes; if it goes out at once, nothing is put on the heap for it.
pub const STACK_STORAGE: usize = 16_384;

/// Less of the stack for what is short, as most is: it must be cleared first.
const SMALL_STORAGE: usize = 1024;

/// So many pieces need no list on the heap.
const PIECES: usize = 16;

/// What is written: the pieces as the kernel is given them, and the same handed over, unless they are the caller's and lent until the call returns.
#[derive(Clone, Copy)]
struct Data<'a> {
    pieces: &'a [IoSlice<'a>],
    owned: Option<&'a [Bytes]>,
}

impl StreamBase {
    /// Writes bytes (`Write`). They are tried at once where they are, if nothing is queued before them; what does not go out is copied, and sent when
    /// there is room. `oncomplete` is called from the loop if, and only if, the write is asynchronous.
    ///
    /// The result has `EPIPE` for a stream that is shut down, `EBADF` for one that is closing or has no descriptor yet, `ENOBUFS` for a uv stream with a
    /// [limit](crate::uv::Stream::set_write_queue_limit) that it would pass, of which nothing is sent then, or what the kernel says; see also
    /// [above](StreamBase).
    pub fn write(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let data = Data {
            pieces,
            owned: None,
        };
        self.make(cx, data, |_| true, oncomplete)
    }

    /// The same with bytes that are handed over: what does not go out at once is queued without being copied (`WriteBuffer`).
    pub fn write_bytes(
        self,
        cx: &mut Ctx,
        bytes: Bytes,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let data = Data {
            pieces: &[IoSlice::new(&bytes)],
            owned: Some(slice::from_ref(&bytes)),
        };
        self.make(cx, data, |_| true, oncomplete)
    }

    /// The same with many pieces, of bytes and of text, in one go (`Writev`). All texts are encoded into one storage on the heap first, of whatever size.
    pub fn writev(
        self,
        cx: &mut Ctx,
        chunks: &[Chunk<'_>],
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let owned = into_bytes(chunks);
        let mut few = [IoSlice::new(&[]); PIECES];
        let many: Vec<IoSlice<'_>>;
        let pieces: &[IoSlice<'_>] = if let Some(few) = few.get_mut(..owned.len()) {
            for (slice, bytes) in few.iter_mut().zip(&owned) {
                *slice = IoSlice::new(bytes);
            }
            few
        } else {
            many = owned.iter().map(|bytes| IoSlice::new(bytes)).collect();
            &many
        };
        let data = Data {
            pieces,
            owned: Some(&owned),
        };
        self.make(cx, data, |_| true, oncomplete)
    }

    /// Writes text (`WriteString`). UTF-8 is written from where it is. In other encodings, what becomes at most [`STACK_STORAGE`] bytes is encoded on the
    /// stack and tried at once, and only what does not go out is copied to the heap; what becomes more is encoded on the heap, tried, and not
    /// copied again. Either way the result is the same, with room and without.
    ///
    /// The two differ, as in Node, when the write fails at once: then [`bytes_written`](StreamBase::bytes_written) does not grow by a short text, as it does by a
    /// long one, and by bytes. (What is short Node tells by what it sets aside, for UTF-8 three bytes for each UTF-16 unit: 5,461 of them are
    /// short, 5,462 are not.)
    pub fn write_string(
        self,
        cx: &mut Ctx,
        text: &str,
        encoding: Encoding,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        if encoding == Encoding::Utf8 {
            let is_short = || is_short(text, encoding);
            let _cause = emit!(Base, "base.write_string" @ self.0, encoding = encoding.name(), bytes = text.len(), storage = "in place", fast = is_short())
                .map(trace::cause);
            return self.write_text(cx, text.as_bytes(), is_short, oncomplete);
        }
        let size = encoding.size(text);
        let _cause = emit!(Base, "base.write_string" @ self.0, encoding = encoding.name(), bytes = size, storage = storage_name(size), fast = size <= STACK_STORAGE)
            .map(trace::cause);
        if size > STACK_STORAGE {
            return self.write_bytes(cx, encoding.to_vec(text).into(), oncomplete);
        }
        let mut small;
        let mut large;
        let storage: &mut [u8] = if size <= SMALL_STORAGE {
            small = [0; SMALL_STORAGE];
            &mut small
        } else {
            large = [0; STACK_STORAGE];
            &mut large
        };
        let encoded = &mut storage[..size];
        encoding.encode(text, encoded);
        self.write_text(cx, encoded, || true, oncomplete)
    }

    fn write_text(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        is_short: impl FnOnce() -> bool,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let data = Data {
            pieces: &[IoSlice::new(bytes)],
            owned: None,
        };
        let failure_counts = |cx: &Ctx| self.text_counts(cx, is_short);
        self.make(cx, data, failure_counts, oncomplete)
    }

    /// Whether a text is counted that was not written. Behind what is queued nothing is tried at once, so it does not fail at once either.
    fn text_counts(self, cx: &Ctx, is_short: impl FnOnce() -> bool) -> bool {
        self.write_queue_size(cx) > 0 || !is_short()
    }

    /// Begins to write one piece, in two steps: if it goes out whole, as most do, it is over, and nothing had to be made for it.
    ///
    /// # Errors
    ///
    /// It is not over: [`StreamBase::end_write`] is to be called next, with the same bytes.
    #[inline(always)]
    pub fn begin_write(self, cx: &mut Ctx, bytes: &[u8]) -> Result<(), Unended> {
        // One that somebody watches is made in one step.
        if trace::on() {
            return Err(Unended(None));
        }
        let Some(state) = cx.state_mut(self.0) else {
            return Err(Unended(None));
        };
        let below = state.below();
        state.resource.bytes_written += bytes.len() as u64;
        let sent = below.methods.try_write_one(cx, self, below.key, bytes);
        match sent.is_all(bytes) {
            true => Ok(()),
            false => Err(Unended(Some(sent))),
        }
    }

    /// Ends a write that was begun, as if it had been made in one step.
    pub fn end_write(
        self,
        cx: &mut Ctx,
        begun: Unended,
        piece: Piece<'_>,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let Unended(Some(sent)) = begun else {
            return match piece {
                Piece::Lent(bytes) => self.write(cx, &[IoSlice::new(bytes)], oncomplete),
                Piece::Own(bytes) => self.write_bytes(cx, bytes, oncomplete),
                Piece::Text(text) => self.write_string(cx, text, Encoding::Utf8, oncomplete),
            };
        };
        let (bytes, owned) = match &piece {
            Piece::Lent(bytes) => (*bytes, None),
            Piece::Own(bytes) => (&bytes[..], Some(slice::from_ref(bytes))),
            Piece::Text(text) => (text.as_bytes(), None),
        };
        let data = Data {
            pieces: &[IoSlice::new(bytes)],
            owned,
        };
        let failure_counts = |cx: &Ctx| match piece {
            Piece::Text(text) => self.text_counts(cx, || is_short(text, Encoding::Utf8)),
            Piece::Lent(_) | Piece::Own(_) => true,
        };
        self.make_rest(cx, data, sent.into(), failure_counts, oncomplete)
    }

    /// Makes a write, which is the cause of all that is done for it. What `failure_counts` says is for one that fails at once.
    #[inline(always)]
    fn make(
        self,
        cx: &mut Ctx,
        data: Data<'_>,
        failure_counts: impl FnOnce(&Ctx) -> bool,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        match trace::on() {
            true => self.make_traced(cx, data, failure_counts, oncomplete),
            false => self.make_now(cx, data, failure_counts, oncomplete),
        }
    }

    /// The same when somebody watches.
    #[cold]
    #[inline(never)]
    fn make_traced(
        self,
        cx: &mut Ctx,
        data: Data<'_>,
        failure_counts: impl FnOnce(&Ctx) -> bool,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let Data { pieces, .. } = data;
        let _cause =
            emit!(Base, "base.write" @ self.0, bytes = length(pieces), pieces = pieces.len())
                .map(trace::cause);
        let result = self.make_now(cx, data, failure_counts, oncomplete);
        if !result.is_async && result.err.is_none() {
            emit!(Base, "base.write.sent" @ self.0, bytes = result.bytes, result = Ok(result.bytes));
        }
        result
    }

    /// Tries what can be written at once. Of a write that goes out whole, that is all: there is no request.
    #[inline(always)]
    fn make_now(
        self,
        cx: &mut Ctx,
        data: Data<'_>,
        failure_counts: impl FnOnce(&Ctx) -> bool,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let total = length(data.pieces);
        let tried = self.try_first(cx, data.pieces, total);
        if let Ok(sent) = tried
            && sent >= total
        {
            return StreamWriteResult::done(total);
        }
        self.make_rest(cx, data, tried, failure_counts, oncomplete)
    }

    /// What was tried did not go out whole.
    #[cold]
    fn make_rest(
        self,
        cx: &mut Ctx,
        data: Data<'_>,
        tried: Result<usize, Errno>,
        failure_counts: impl FnOnce(&Ctx) -> bool,
        oncomplete: impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static,
    ) -> StreamWriteResult {
        let total = length(data.pieces);
        let failed = tried
            .err()
            .and_then(|errno| self.end_failed(cx, errno, total, failure_counts));
        failed
            .unwrap_or_else(|| self.queue_rest(cx, data, tried.unwrap_or(0), Box::new(oncomplete)))
    }

    /// Gives what lies below what can be written at once, and counts it: all of it, for the rest is queued.
    #[inline]
    fn try_first(self, cx: &mut Ctx, pieces: &[IoSlice<'_>], total: usize) -> Result<usize, Errno> {
        let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
        let below = state.below();
        // It is taken back if it turns out that it does not count.
        state.resource.bytes_written += total as u64;
        below.methods.try_write(cx, self, below.key, pieces)
    }

    /// The kernel took nothing at all: there is no stream, or it says why not. None if it only has no room.
    #[cold]
    fn end_failed(
        self,
        cx: &mut Ctx,
        errno: Errno,
        total: usize,
        failure_counts: impl FnOnce(&Ctx) -> bool,
    ) -> Option<StreamWriteResult> {
        let gone = self.resolve(cx).err();
        // An empty write, too, waits for those before it.
        if gone.is_none() && errno == Errno::EAGAIN {
            return None;
        }
        let counts = gone.is_none() && failure_counts(cx);
        if !counts && let Some(resource) = self.resource(cx) {
            resource.bytes_written -= total as u64;
        }
        let failed = Outcome::Failed(gone.unwrap_or(errno));
        Some(if let Some(gone) = gone {
            emit!(Base, "base.write.failed" @ self.0, result = failed);
            StreamWriteResult::failed(gone, 0)
        } else {
            emit!(Base, "base.write.failed" @ self.0, bytes = total, result = failed);
            StreamWriteResult::failed(errno, total)
        })
    }

    /// Queues what was not sent.
    #[inline(never)]
    fn queue_rest(
        self,
        cx: &mut Ctx,
        data: Data<'_>,
        sent: usize,
        oncomplete: OnComplete,
    ) -> StreamWriteResult {
        let Data { pieces, owned } = data;
        let total = length(pieces);
        if let Some(owned) = owned {
            let rest = Pieces::Own(share_rest(owned, sent));
            return self.queue(cx, rest, sent, total, oncomplete);
        }
        if let [piece] = pieces {
            let rest = [IoSlice::new(&piece[sent..])];
            return self.queue(cx, Pieces::Lent(&rest), sent, total, oncomplete);
        }
        let mut left = sent;
        let mut rest = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let skipped = piece.len().min(left);
            left -= skipped;
            rest.push(IoSlice::new(&piece[skipped..]));
        }
        self.queue(cx, Pieces::Lent(&rest), sent, total, oncomplete)
    }

    fn queue(
        self,
        cx: &mut Ctx,
        rest: Pieces<'_>,
        sent: usize,
        total: usize,
        oncomplete: OnComplete,
    ) -> StreamWriteResult {
        self.dispatch(cx, sent, total, oncomplete, |cx, below, wrap| {
            below.methods.write(cx, self, below.key, rest, wrap)
        })
    }

    /// Makes a request of a write, of which so much was sent already, and hands it over to be queued.
    pub(super) fn dispatch(
        self,
        cx: &mut Ctx,
        sent: usize,
        total: usize,
        oncomplete: OnComplete,
        queue: impl FnOnce(&mut Ctx, Below, WriteWrap) -> Result<(), Errno>,
    ) -> StreamWriteResult {
        let Some(state) = cx.state_mut(self.0) else {
            return StreamWriteResult::failed(Errno::EBADF, 0);
        };
        state.last_write += 1;
        let id = WriteId::new(self, state.last_write);
        let wrap = WriteWrap::new(id, total, oncomplete);
        let queued = self.resolve(cx).and_then(|below| queue(cx, below, wrap));
        match queued {
            Ok(()) => {
                let left = total - sent;
                emit!(Base, "base.write.queued" @ self.0, bytes = total, took = sent, queued = left, result = Ok(sent));
                StreamWriteResult {
                    is_async: true,
                    err: None,
                    wrap: Some(id),
                    bytes: total,
                }
            }
            Err(errno) => {
                emit!(Base, "base.write.failed" @ self.0, bytes = total, took = sent, result = queued);
                StreamWriteResult::failed(errno, total)
            }
        }
    }
}

impl StreamWriteResult {
    fn done(bytes: usize) -> StreamWriteResult {
        StreamWriteResult {
            is_async: false,
            err: None,
            wrap: None,
            bytes,
        }
    }

    pub(super) fn failed(errno: Errno, bytes: usize) -> StreamWriteResult {
        StreamWriteResult {
            is_async: false,
            err: Some(errno),
            wrap: None,
            bytes,
        }
    }
}

/// Whether a text is one of those that Node encodes on the stack.
fn is_short(text: &str, encoding: Encoding) -> bool {
    encoding.storage_size(text) <= STACK_STORAGE
}

/// Where a text is encoded, as a trace shows it.
fn storage_name(size: usize) -> &'static str {
    if size <= STACK_STORAGE {
        "stack"
    } else {
        "heap"
    }
}

/// The chunks as bytes, the texts encoded into one storage.
fn into_bytes(chunks: &[Chunk<'_>]) -> Vec<Bytes> {
    let size = |chunk: &Chunk<'_>| match chunk {
        Chunk::Bytes(_) => 0,
        Chunk::Text(text, encoding) => encoding.size(text),
    };
    let sizes: Vec<usize> = chunks.iter().map(size).collect();
    let mut storage = vec![0; sizes.iter().sum()];
    let mut rest = &mut storage[..];
    for (chunk, size) in chunks.iter().zip(&sizes) {
        if let Chunk::Text(text, encoding) = chunk {
            let (place, after) = std::mem::take(&mut rest).split_at_mut(*size);
            encoding.encode(text, place);
            rest = after;
        }
    }
    let mut storage = Bytes::from(storage);
    chunks
        .iter()
        .zip(sizes)
        .map(|(chunk, size)| match chunk {
            Chunk::Bytes(bytes) => bytes.clone(),
            Chunk::Text(..) => storage.split_to(size),
        })
        .collect()
}
