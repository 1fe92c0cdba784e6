//! What the stream asks of the socket (`Socket.prototype._read`, `_write`, `_writev`, `_final`, `_destroy`).

use uvox_loop::{Ctx, Errno, Key, emit, trace};
use uvox_stream::node::HandleWrap;

use super::ending;
use super::read::{self, try_read_start};
use super::state::Socket;
use super::write::{self, Data};
use crate::net::errors;
use crate::streams::{Begun, Chunk, Duplex, DuplexMethods, Lent};
use crate::{Error, env};

pub(super) struct Methods;

pub(super) static METHODS: Methods = Methods;

impl DuplexMethods for Methods {
    fn read(&self, cx: &mut Ctx, stream: Duplex, below: Key, _: usize) {
        let socket = Socket::of(stream, below);
        let Some(state) = socket.state(cx) else {
            return;
        };
        if state.connecting || state.wrap.is_none() {
            socket.once_connected(cx, move |cx| METHODS.read(cx, stream, below, 0));
        } else if !stream.is_fed(cx) {
            try_read_start(cx, socket);
        }
    }

    fn write(&self, cx: &mut Ctx, stream: Duplex, below: Key, chunk: Chunk) {
        write::write(cx, Socket::of(stream, below), Data::One(chunk));
    }

    fn write_now(&self, cx: &mut Ctx, stream: Duplex, below: Key, piece: &Lent<'_>) -> Begun {
        write::write_now(cx, Socket::of(stream, below), piece)
    }

    fn has_writev(&self, _: &Ctx, _: Key) -> bool {
        true
    }

    fn writev(&self, cx: &mut Ctx, stream: Duplex, below: Key, chunks: Vec<Chunk>) {
        write::write(cx, Socket::of(stream, below), Data::Many(chunks));
    }

    fn has_finalize(&self, _: &Ctx, _: Key) -> bool {
        true
    }

    fn finalize(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let socket = Socket::of(stream, below);
        if socket.is_pending(cx) {
            return socket.once_connected(cx, move |cx| METHODS.finalize(cx, stream, below));
        }
        let Some(wrap) = socket.wrap(cx) else {
            return stream.finalized(cx, Ok(()));
        };
        let _cause = emit!(Net, "socket.shutdown" @ socket.handle).map(trace::cause);
        let begun = wrap.stream_base().shutdown(cx, move |cx, _, _| {
            env::enter(cx, |cx| stream.finalized(cx, Ok(())));
        });
        match begun {
            Ok(()) => {}
            Err(Errno::ENOTCONN) => stream.finalized(cx, Ok(())),
            Err(errno) => stream.finalized(cx, Err(Error::system(errno, "shutdown"))),
        }
    }

    fn destroy(&self, cx: &mut Ctx, stream: Duplex, below: Key, error: Option<Error>) {
        ending::destroy(cx, Socket::of(stream, below), error);
    }

    fn pausing(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let socket = Socket::of(stream, below);
        let Some(state) = socket.state(cx) else {
            return;
        };
        if state.has_user_buffer
            && !state.connecting
            && let Some(wrap) = state.wrap
            && stream.is_fed(cx)
        {
            read::stop(cx, socket, wrap.stream_base());
        }
    }

    fn resuming(&self, cx: &mut Ctx, stream: Duplex, below: Key) {
        let socket = Socket::of(stream, below);
        let Some(state) = socket.state(cx) else {
            return;
        };
        if state.has_user_buffer && !state.connecting && state.wrap.is_some() && !stream.is_fed(cx)
        {
            try_read_start(cx, socket);
        }
    }

    fn refuse_write(&self, cx: &Ctx, stream: Duplex, _: Key) -> Option<Error> {
        let ended_by_peer = stream.readable_ended(cx) && !stream.allows_half_open(cx);
        ended_by_peer.then(errors::ended_by_peer)
    }

    fn release(&self, cx: &mut Ctx, _: Duplex, below: Key) {
        // It may be gone with the loop.
        let _ = cx.close(below, |_| ());
    }
}
