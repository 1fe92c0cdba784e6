//! What goes below (`_writeGeneric`, `writeGeneric`, `onWriteComplete`).

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_stream::node::{Chunk as Piece, Encoding, HandleWrap, StreamBase};

use super::state::Socket;
use crate::net::errors;
use crate::streams::{Chunk, Event, Hear, Place};
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

pub(super) fn write(cx: &mut Ctx, socket: Socket, data: Data) {
    if let Some(result) = begin(cx, socket, data) {
        socket.duplex.written(cx, result);
    }
}

/// Writes, and says how that went, if it is known already; what is not is told to the stream.
#[inline]
pub(super) fn begin(cx: &mut Ctx, socket: Socket, data: Data) -> Option<Result<(), Error>> {
    let state = socket.state_mut(cx)?;
    if state.connecting {
        state.pending_bytes = data.len();
        wait_for_connection(cx, socket, data);
        return None;
    }
    state.pending_bytes = 0;
    let timeout = state.timeout;
    let Some(wrap) = state.wrap else {
        return Some(Err(errors::socket_closed()));
    };
    if let Some(timeout) = timeout {
        timeout.refresh(cx);
    }
    let _cause = emit!(Net, "socket.write" @ socket.handle, bytes = data.len()).map(trace::cause);
    let base = wrap.stream_base();
    let after = move |cx: &mut Ctx, _: StreamBase, status| on_write_complete(cx, socket, status);
    let result = match data {
        Data::One(Chunk::Bytes(bytes)) => base.write_bytes(cx, bytes, after),
        Data::One(Chunk::Text(text)) => base.write_string(cx, &text, Encoding::Utf8, after),
        Data::Many(chunks) => base.writev(cx, &pieces(&chunks), after),
    };
    if let Some(errno) = result.err {
        return Some(Err(Error::system(errno, "write")));
    }
    if !result.is_async {
        return Some(Ok(()));
    }
    if let Some(state) = socket.state_mut(cx) {
        state.last_write_queue_size = result.bytes;
    }
    None
}

fn pieces(chunks: &[Chunk]) -> Vec<Piece<'_>> {
    let piece = |chunk: &'_ Chunk| match chunk {
        Chunk::Bytes(bytes) => Piece::Bytes(bytes.clone()),
        Chunk::Text(_) => Piece::Bytes(chunk.clone().into_bytes()),
    };
    chunks.iter().map(piece).collect()
}

/// The write is made when the socket is connected; if it is closed before, it fails.
fn wait_for_connection(cx: &mut Ctx, socket: Socket, data: Data) {
    let closed = Hear::machine(move |cx, duplex, _| {
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
