//! What a stream is made of below.

use uvox_loop::{Ctx, Key};

use super::chunk::Chunk;
use super::duplex::Duplex;
use super::errors;
use super::lent::Lent;
use crate::Error;

/// What [`DuplexMethods::write_now`] says.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It was not tried: [`write`](DuplexMethods::write) is to be called.
    Not,
    /// It is out.
    Done,
    /// [`Duplex::written`] will tell.
    Later,
    /// It has failed.
    Failed(Error),
}

/// What a [`Duplex`] asks of whatever lies below it: the methods that the author of a stream writes in Node, `_read`, `_write` and so on.
///
/// One static for each sort of stream; `below` names what lies below this one. They are called from the loop, from ticks and from inside calls of users', so
/// they are leaves: they call no user back, and answer by [`Duplex::push`], [`Duplex::written`], [`Duplex::finalized`], [`Duplex::constructed`] and
/// [`Duplex::destroyed`], at once or later.
pub trait DuplexMethods: Sync {
    /// Data is wanted, about so many bytes (`_read`). It is asked for again only after something was [pushed](Duplex::push), and as long as what comes is pushed
    /// [anyway](Duplex::set_fed) it may not be asked for.
    fn read(&self, cx: &mut Ctx, stream: Duplex, below: Key, size: usize) {
        let _ = (below, size);
        stream.fail(cx, errors::not_implemented("_read()"));
    }

    /// Writes one piece (`_write`), and answers once by [`Duplex::written`]; until then no other is given.
    fn write(&self, cx: &mut Ctx, stream: Duplex, below: Key, chunk: Chunk) {
        if self.has_writev(cx, below) {
            return self.writev(cx, stream, below, vec![chunk]);
        }
        stream.written(cx, Err(errors::not_implemented("_write()")));
    }

    /// Begins to write one piece that nothing waits before, as [`write`](DuplexMethods::write) does, and says how that went, instead of by
    /// [`Duplex::written`]. Nobody is called, and nothing is emitted. Streams that cannot say it at once leave it to [`write`](DuplexMethods::write).
    fn write_now(&self, cx: &mut Ctx, stream: Duplex, below: Key, piece: &Lent<'_>) -> Begun {
        let _ = (cx, stream, below, piece);
        Begun::Not
    }

    /// Whether there is [`writev`](DuplexMethods::writev).
    fn has_writev(&self, cx: &Ctx, below: Key) -> bool {
        let _ = (cx, below);
        false
    }

    /// Writes all pieces that wait (`_writev`), and answers once by [`Duplex::written`].
    fn writev(&self, cx: &mut Ctx, stream: Duplex, below: Key, chunks: Vec<Chunk>) {
        let _ = (below, chunks);
        stream.written(cx, Err(errors::not_implemented("_writev()")));
    }

    /// Whether there is [`finalize`](DuplexMethods::finalize).
    fn has_finalize(&self, cx: &Ctx, below: Key) -> bool {
        let _ = (cx, below);
        false
    }

    /// All is written, and no more will be (`_final`). Answers once by [`Duplex::finalized`]; then the stream is finished.
    fn finalize(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let _ = below;
        stream.finalized(cx, Ok(()));
    }

    /// Whether there is [`construct`](DuplexMethods::construct).
    fn has_construct(&self, cx: &Ctx, below: Key) -> bool {
        let _ = (cx, below);
        false
    }

    /// Gets ready (`_construct`), in a tick, before anything else is asked. Answers once by [`Duplex::constructed`].
    fn construct(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let _ = below;
        stream.constructed(cx, Ok(()));
    }

    /// The stream is destroyed: lets go of what it holds (`_destroy`). Answers once by [`Duplex::destroyed`], with the error that it got, or another one.
    fn destroy(&self, cx: &mut Ctx, stream: Duplex, below: Key, error: Option<Error>) {
        let _ = below;
        stream.destroyed(cx, error);
    }

    /// Nobody is to be given data for now: [`Duplex::pause`] is called. For streams that do not push what they read.
    fn pausing(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let _ = (cx, stream, below);
    }

    /// Data is wanted again: [`Duplex::resume`] or [`Duplex::read`] is called. For streams that do not push what they read.
    fn resuming(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let _ = (cx, stream, below);
    }

    /// What a write after the end fails with, instead of `ERR_STREAM_WRITE_AFTER_END`; the stream is destroyed with it.
    fn refuse_write(&self, cx: &Ctx, stream: Duplex, below: Key) -> Option<Error> {
        let _ = (cx, stream, below);
        None
    }

    /// The stream has told that it is closed, and its state leaves the table: the last word.
    fn release(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let _ = (cx, stream, below);
    }
}
