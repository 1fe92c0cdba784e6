//! What goes below (`_writeGeneric`, `writeGeneric`, `onWriteComplete`).

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_stream::node::{
    Chunk as Part, Encoding, HandleWrap, Piece, StreamBase, StreamWriteResult, Unended,
};

use super::state::Socket;
use crate::net::errors;
use crate::net::wrap::Wrap;
use crate::streams::{Begun, Chunk, Event, Lent, Place, machine};
use crate::{Error, env};

/// What is to be written.
pub(super) enum Data {
    One(Chunk),
    Many(Vec<Chunk>),
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Data::One(chunk) => chunk.as_bytes().len(),
            Data::Many(chunks) => chunks.iter().map(|chunk| chunk.as_bytes().len()).sum(),
        }
    }
}

/// Up to so many bytes a piece that is shared is written from where it is, and what does not go out at once is copied, as a short text is; of a longer one the
/// rest is shared.
const SHORT: usize = 16 * 1024;

pub(super) fn write(cx: &mut Ctx, socket: Socket, data: Data) {
    let Some(state) = socket.state_mut(cx) else {
        return;
    };
    if state.connecting {
        state.more.get_or_insert_default().pending_bytes = data.len();
        return wait_for_connection(cx, socket, data);
    }
    if let Some(more) = &mut state.more {
        more.pending_bytes = 0;
    }
    let Some(wrap) = state.wrap else {
        let closed = Err(errors::socket_closed());
        return socket.duplex.written(cx, closed);
    };
    let base = wrap.stream_base();
    socket.refresh_timeout(cx);
    let _cause = emit!(Net, "socket.write" @ socket.handle, bytes = data.len()).map(trace::cause);
    let after = completion(socket);
    let result = match data {
        Data::One(Chunk::Bytes(bytes)) => base.write_bytes(cx, bytes, after),
        Data::One(Chunk::Text(text)) => base.write_string(cx, &text, Encoding::Utf8, after),
        Data::Many(chunks) => base.writev(cx, &parts(&chunks), after),
    };
    match begun(cx, socket, &result) {
        Begun::Done => socket.duplex.written(cx, Ok(())),
        Begun::Failed(error) => socket.duplex.written(cx, Err(error)),
        Begun::Later | Begun::Not => {}
    }
}

/// Writes a piece that nothing waits before, if the socket is connected.
#[inline]
pub(super) fn write_now(cx: &mut Ctx, socket: Socket, piece: &Lent<'_>) -> Begun {
    let Some(state) = socket.state(cx).filter(|state| !state.connecting) else {
        return Begun::Not;
    };
    let Some(wrap) = state.wrap else {
        return Begun::Not;
    };
    match state.idle {
        Some(_) => write_refreshed(cx, socket, wrap, piece),
        None => write_to(cx, socket, wrap, piece),
    }
}

/// The same of a socket with a timeout.
#[inline(never)]
fn write_refreshed(cx: &mut Ctx, socket: Socket, wrap: Wrap, piece: &Lent<'_>) -> Begun {
    socket.refresh_timeout(cx);
    write_to(cx, socket, wrap, piece)
}

/// If all of it goes out at once, that is all that is done.
#[inline(always)]
fn write_to(cx: &mut Ctx, socket: Socket, wrap: Wrap, piece: &Lent<'_>) -> Begun {
    match wrap.stream_base().begin_write(cx, piece.as_bytes()) {
        Ok(()) => Begun::Done,
        Err(unended) => end(cx, socket, piece, unended),
    }
}

/// Not all of it went out.
#[cold]
fn end(cx: &mut Ctx, socket: Socket, piece: &Lent<'_>, unended: Unended) -> Begun {
    // It was there just now.
    let Some(wrap) = socket.wrap(cx) else {
        return Begun::Not;
    };
    let bytes = piece.as_bytes();
    let _cause = emit!(Net, "socket.write" @ socket.handle, bytes = bytes.len()).map(trace::cause);
    let piece = match (piece.as_text(), piece.as_shared()) {
        (Some(text), _) => Piece::Text(text),
        (None, Some(shared)) if bytes.len() > SHORT => Piece::Own(shared.clone()),
        (None, _) => Piece::Lent(bytes),
    };
    let base = wrap.stream_base();
    let result = base.end_write(cx, unended, piece, completion(socket));
    begun(cx, socket, &result)
}

fn completion(socket: Socket) -> impl FnOnce(&mut Ctx, StreamBase, Result<(), Errno>) + 'static {
    move |cx, _, status| on_write_complete(cx, socket, status)
}

fn begun(cx: &mut Ctx, socket: Socket, result: &StreamWriteResult) -> Begun {
    if let Some(errno) = result.err {
        return Begun::Failed(Error::system(errno, "write"));
    }
    if !result.is_async {
        return Begun::Done;
    }
    if let Some(state) = socket.state_mut(cx) {
        state.last_write_queue_size = result.bytes;
    }
    Begun::Later
}

fn parts(chunks: &[Chunk]) -> Vec<Part<'_>> {
    let part = |chunk: &'_ Chunk| match chunk {
        Chunk::Bytes(bytes) => Part::Bytes(bytes.clone()),
        Chunk::Text(_) => Part::Bytes(chunk.clone().into_bytes()),
    };
    chunks.iter().map(part).collect()
}

/// The write is made when the socket is connected; if it is closed before, it fails.
fn wait_for_connection(cx: &mut Ctx, socket: Socket, data: Data) {
    let closed = machine(move |cx, duplex, _| {
        duplex.written(cx, Err(errors::closed_before_connection()));
    });
    let on_close = socket.duplex.listen(cx, Event::Close, Place::Once, closed);
    let data = Rc::new(RefCell::new(Some(data)));
    socket.once_connected(cx, move |cx| {
        socket.duplex.unlisten(cx, Event::Close, on_close);
        let data = data.borrow_mut().take();
        if let Some(data) = data {
            write(cx, socket, data);
        }
    });
}

/// A write that was queued is over.
fn on_write_complete(cx: &mut Ctx, socket: Socket, status: Result<(), Errno>) {
    let _cause = emit!(Net, "socket.written" @ socket.handle, result = status).map(trace::cause);
    env::enter(cx, |cx| {
        // Of one that was destroyed meanwhile, whoever waits hears it from the stream.
        if socket.duplex.is_destroyed(cx) {
            return socket.duplex.written(cx, Ok(()));
        }
        if let Err(errno) = status {
            let error = Error::system(errno, "write");
            return socket.duplex.written(cx, Err(error));
        }
        socket.refresh_timeout(cx);
        if let Some(state) = socket.state_mut(cx) {
            state.last_write_queue_size = 0;
        }
        socket.duplex.written(cx, Ok(()));
    });
}
