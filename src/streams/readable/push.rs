//! What comes from below (`readableAddChunk`, `onEofChunk`, `maybeReadMore`).

use std::rc::Rc;

use uvox_loop::Ctx;

use super::flow::{emit_readable, emit_readable_now};
use super::read::read;
use super::state::ReadableState;
use crate::env::Callback;
use crate::streams::chunk::Chunk;
use crate::streams::destroy::error_or_destroy;
use crate::streams::duplex::Duplex;
use crate::streams::encoding::Encoding;
use crate::streams::errors;
use crate::streams::events::{Arg, Event};
use crate::streams::hearers::Hearer;
use crate::streams::piece::Piece;
use crate::{env, listeners};

impl Duplex {
    /// Here is data, says what lies below (`push`). If it flows, it is given out at once: what is only lent is lent on, and nothing is copied. False says that
    /// it is enough for now: [`read`](super::super::DuplexMethods::read) will ask for more.
    ///
    /// After the end, data is an error of the stream's, `ERR_STREAM_PUSH_AFTER_EOF`.
    pub fn push<'a>(self, cx: &mut Ctx, piece: impl Into<Piece<'a>>) -> bool {
        let piece = piece.into();
        self.answer(cx, |cx| push(cx, self, Some(piece)))
    }

    /// The same of bytes that were read just now, which are lost if the stream is destroyed, from inside of a [scope](env::enter) that is open already.
    #[cold]
    pub(crate) fn push_read(self, cx: &mut Ctx, bytes: &[u8]) -> bool {
        // What comes after the end is nobody's business.
        self.is_destroyed(cx) || push(cx, self, Some(bytes.into()))
    }

    /// The same in a scope of its own, when nobody watches; `enough` is done in it if it is enough for now. Mostly the bytes flow to the only one who listens, and
    /// that is all: that takes as few steps as there can be.
    #[inline(always)]
    pub(crate) fn pass_on(self, cx: &mut Ctx, bytes: &[u8], enough: impl FnOnce(&mut Ctx) + Copy) {
        if !pass_on(cx, self, bytes, enough) {
            env::enter(cx, move |cx| {
                if !self.push_read(cx, bytes) {
                    enough(cx);
                }
            });
        }
    }

    /// There is no more data, says what lies below (`push(null)`). When what waits has been read, 'end' follows.
    pub fn push_eof(self, cx: &mut Ctx) {
        self.answer(cx, |cx| push(cx, self, None));
    }

    /// Puts data back in front of what waits to be read: what was read too much (`unshift`). False says that it is enough.
    ///
    /// After 'end' it is an error of the stream's, `ERR_STREAM_UNSHIFT_AFTER_END_EVENT`.
    pub fn unshift(self, cx: &mut Ctx, chunk: impl Into<Chunk>) -> bool {
        let chunk = chunk.into();
        listeners::leaf(cx, |cx| unshift(cx, self, chunk))
    }
}

fn push(cx: &mut Ctx, d: Duplex, piece: Option<Piece<'_>>) -> bool {
    let held = listeners::is_held(cx);
    let Some(state) = d.state_mut(cx) else {
        return false;
    };
    let failed = state.destroyed || state.errored.is_some();
    let Some(r) = &mut state.readable else {
        return false;
    };
    let Some(piece) = piece else {
        r.reading = false;
        on_eof(cx, d);
        return false;
    };
    if piece.lend().is_empty() {
        r.reading = false;
        return maybe_read_more(cx, d);
    }
    if r.ended {
        error_or_destroy(cx, d, errors::push_after_eof(), false);
        return false;
    }
    if failed {
        return false;
    }
    r.reading = false;
    let Some(piece) = r.decode(piece) else {
        return maybe_read_more(cx, d);
    };
    if !held && r.gives_out_at_once() {
        r.given_out();
        d.emit(cx, Event::Data, Arg::Data(piece.lend()));
        return maybe_read_more(cx, d);
    }
    add_chunk(cx, d, piece.into_chunk(), false) || can_push_more(cx, d)
}

/// The straight way. False, and nothing is done, if the bytes cannot go this way.
#[inline(always)]
fn pass_on(cx: &mut Ctx, d: Duplex, bytes: &[u8], enough: impl FnOnce(&mut Ctx)) -> bool {
    let Some(mut callback) = Callback::open(cx) else {
        return false;
    };
    let Some((listener, is_users)) = only_reader(callback.cx(), d, bytes) else {
        callback.close();
        return false;
    };
    let data = Arg::Data(bytes.into());
    if !is_users {
        callback.finish(move |cx| {
            listener.hear(cx, d, &data);
            if !maybe_read_more(cx, d) {
                enough(cx);
            }
        });
        return true;
    }
    listener.hear(callback.cx(), d, &data);
    if callback.is_all() && only_awaits_more(callback.cx(), d) {
        callback.close();
    } else {
        callback.finish(move |cx| {
            if !maybe_read_more(cx, d) {
                enough(cx);
            }
        });
    }
    true
}

/// The listener that hears of bytes as they come, if nobody else does, and whether it is a user's. It is about to be called.
#[inline(always)]
fn only_reader(cx: &mut Ctx, d: Duplex, bytes: &[u8]) -> Option<(Rc<Hearer>, bool)> {
    let state = d.state_mut(cx)?;
    if bytes.is_empty() || !state.is_able() {
        return None;
    }
    let r = state.readable.as_mut()?;
    if !r.lets_through() {
        return None;
    }
    let only = state.listeners.only_reader()?;
    r.reading = false;
    r.given_out();
    Some(only)
}

impl ReadableState {
    /// A piece as it is to be given out; nothing if it is only the beginning of a character.
    fn decode<'a>(&mut self, piece: Piece<'a>) -> Option<Piece<'a>> {
        let Some(decoder) = &mut self.decoder else {
            return Some(piece.into_bytes());
        };
        // Text that is pushed is taken to be UTF-8.
        if decoder.encoding() == Encoding::Utf8 && piece.lend().as_text().is_some() {
            return Some(piece);
        }
        if let Piece::Lent(lent) = &piece
            && let Some(text) = decoder.as_text(lent.as_bytes())
        {
            return Some(text.into());
        }
        let text = decoder.write(piece.lend().as_bytes());
        (!text.is_empty()).then(|| text.into())
    }
}

fn unshift(cx: &mut Ctx, d: Duplex, chunk: Chunk) -> bool {
    let Some(state) = d.state_mut(cx) else {
        return false;
    };
    let failed = state.destroyed || state.errored.is_some();
    let Some(r) = &mut state.readable else {
        return false;
    };
    if chunk.is_empty() {
        return r.can_push_more();
    }
    if r.end_emitted {
        error_or_destroy(cx, d, errors::unshift_after_end_event(), false);
    } else if failed {
        return false;
    } else {
        let encoding = r.decoder.as_ref().map(|decoder| decoder.encoding());
        let chunk = match (encoding, chunk) {
            (None, chunk) => Chunk::Bytes(chunk.into_bytes()),
            (Some(Encoding::Utf8), chunk @ Chunk::Text(_)) => chunk,
            (Some(encoding), chunk) => Chunk::Text(encoding.decode(chunk.as_bytes())),
        };
        if add_chunk(cx, d, chunk, true) {
            return true;
        }
    }
    can_push_more(cx, d)
}

fn can_push_more(cx: &mut Ctx, d: Duplex) -> bool {
    d.readable_half(cx).is_some_and(|r| r.can_push_more())
}

/// Adds to what waits. True if the chunk is on its way to the listeners, so that there is room for more, though it is still there.
fn add_chunk(cx: &mut Ctx, d: Duplex, chunk: Chunk, to_front: bool) -> bool {
    let Some(r) = d.readable_half(cx) else {
        return false;
    };
    let ended = r.ended;
    let at_once = r.gives_out_at_once();
    match to_front {
        true => r.buffer.push_front(chunk),
        false => r.buffer.push_back(chunk),
    }
    if at_once {
        // No listener may run now. When it may, it is given out, unless the stream was paused in the meantime.
        listeners::deliver(cx, move |cx| give_out(cx, d));
    } else if r.need_readable {
        emit_readable(cx, d);
    }
    maybe_read_more(cx, d);
    at_once && !ended
}

/// Gives out what would have been given out when it came.
fn give_out(cx: &mut Ctx, d: Duplex) {
    while let Some(state) = d.state_mut(cx)
        && !state.destroyed
        && state.errored.is_none()
        && let Some(r) = &mut state.readable
        && r.is_flowing()
        && let Some(chunk) = r.buffer.pop()
    {
        r.given_out();
        d.emit(cx, Event::Data, Arg::Data(chunk.lend()));
    }
}

/// There is no more.
fn on_eof(cx: &mut Ctx, d: Duplex) {
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    if r.ended {
        return;
    }
    let rest = r.decoder.as_mut().map(|decoder| decoder.end());
    if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
        r.buffer.push_back(Chunk::Text(rest));
    }
    r.ended = true;
    if r.sync {
        emit_readable(cx, d);
    } else {
        r.need_readable = false;
        r.emitted_readable = true;
        listeners::deliver(cx, move |cx| emit_readable_now(cx, d));
    }
}

/// Asks for more in a tick, if there is room. Says whether more may be pushed.
///
/// Node makes the tick after each chunk. Where what lies below reads on anyway, it would change nothing, and there is none.
pub(super) fn maybe_read_more(cx: &mut Ctx, d: Duplex) -> bool {
    if only_awaits_more(cx, d) {
        return true;
    }
    let Some(state) = d.state_mut(cx) else {
        return false;
    };
    let constructed = state.constructed;
    let Some(r) = &mut state.readable else {
        return false;
    };
    let more = r.can_push_more();
    if constructed && !std::mem::replace(&mut r.reading_more, constructed) {
        env::next_tick_of(cx, d.key(), |cx, key| read_more(cx, Duplex::from_key(key)));
    }
    more
}

/// Whether there is nothing to be done but to wait for what lies below, which reads on.
#[inline(always)]
fn only_awaits_more(cx: &Ctx, d: Duplex) -> bool {
    match d.state(cx) {
        Some(state) if state.is_able() && state.constructed => match &state.readable {
            Some(r) => r.only_awaits_more(),
            None => false,
        },
        _ => false,
    }
}

fn read_more(cx: &mut Ctx, d: Duplex) {
    while let Some(r) = d.readable_half(cx)
        && !r.reading
        && !r.ended
        && (r.length() < r.high_water_mark || (r.is_flowing() && r.length() == 0))
    {
        let before = r.length();
        read(cx, d, Some(0));
        if d.readable_length(cx) == before {
            break;
        }
    }
    if let Some(r) = d.readable_half(cx) {
        r.reading_more = false;
    }
}
