//! What comes from below (`onStreamRead`).

use uvox_loop::{Ctx, Errno, Key, emit, trace};
use uvox_stream::node::{HandleWrap, Reads, StreamBase};

use super::options::OnRead;
use super::state::Socket;
use crate::streams::Duplex;
use crate::{Error, env, listeners};

/// Starts to read (`tryReadStart`).
pub(super) fn try_read_start(cx: &mut Ctx, socket: Socket) {
    let Some(wrap) = socket.wrap(cx) else {
        return;
    };
    socket.duplex.set_fed(cx, true);
    if socket.is_piped(cx) {
        // When that is over.
        return;
    }
    let base = wrap.stream_base();
    if let Err(errno) = base.read_start(cx) {
        socket.destroy_with(cx, Error::system(errno, "read"));
    }
}

/// Stops reading, as far as it was read.
pub(super) fn stop(cx: &mut Ctx, socket: Socket, base: StreamBase) {
    socket.duplex.set_fed(cx, false);
    if socket.duplex.is_destroyed(cx) || socket.is_piped(cx) {
        return;
    }
    if let Err(errno) = base.read_stop(cx) {
        socket.destroy_with(cx, Error::system(errno, "read"));
    }
}

/// How most sockets hear of what was read.
static PLAIN: Reads = Reads {
    lent: on_lent,
    read: on_stream_read,
};

/// How those do that have a timeout: most have none, and are not looked at for it.
static TIMED: Reads = Reads {
    lent: |cx, key, base, bytes| {
        if let Some(socket) = reader(cx, key) {
            socket.refresh_timeout(cx);
        }
        on_lent(cx, key, base, bytes);
    },
    read: on_stream_read,
};

/// From now on the socket hears of what its stream base reads, in one of these ways, unless it has a buffer of its own.
pub(super) fn hear(cx: &mut Ctx, socket: Socket) {
    let Some(state) = socket.state(cx).filter(|state| !state.has_user_buffer) else {
        return;
    };
    let reads = if state.idle.is_some() { &TIMED } else { &PLAIN };
    if let Some(wrap) = state.wrap {
        wrap.stream_base()
            .set_reader(cx, socket.duplex.key(), reads);
    }
}

/// The socket on whose stream's name it hears.
fn reader(cx: &Ctx, key: Key) -> Option<Socket> {
    let duplex = Duplex::from_key(key);
    Some(Socket::of(duplex, duplex.below(cx)?))
}

/// Most of the time it is data, and nobody watches.
fn on_lent(cx: &mut Ctx, key: Key, base: StreamBase, bytes: &[u8]) {
    Duplex::from_key(key).pass_on(cx, bytes, move |cx| {
        if let Some(socket) = reader(cx, key) {
            stop(cx, socket, base);
        }
    });
}

fn on_stream_read(cx: &mut Ctx, key: Key, base: StreamBase, data: Result<&[u8], Errno>) {
    let Some(socket) = reader(cx, key) else {
        return;
    };
    let told = data.map(<[u8]>::len);
    let _cause = emit!(Net, "socket.read" @ socket.handle, result = told).map(trace::cause);
    env::enter(cx, |cx| {
        socket.refresh_timeout(cx);
        match data {
            Ok(bytes) if socket.duplex.push_read(cx, bytes) => {}
            Ok(_) => stop(cx, socket, base),
            Err(errno) => on_end(cx, socket, base, errno),
        }
    });
}

fn on_end(cx: &mut Ctx, socket: Socket, base: StreamBase, errno: Errno) {
    let own = socket.wrap(cx).map(HandleWrap::stream_base);
    if own != Some(base) {
        // A pipe passes on the end of one that is closed, when the socket may have another one.
        return;
    }
    if errno != Errno::EOF {
        return socket.destroy_with(cx, Error::system(errno, "read"));
    }
    if !socket.duplex.readable_ended(cx) {
        socket.duplex.push_eof(cx);
        socket.duplex.read(cx, 0);
    }
}

/// From now on reads go into the caller's own buffer (`useUserBuffer`).
pub(super) fn use_user_buffer(cx: &mut Ctx, socket: Socket, base: StreamBase) {
    let more = socket.more(cx).and_then(|more| more.user_buffer.as_mut());
    let Some(user) = more else {
        return;
    };
    // The wrap before this one, which an attempt was made with that failed, say, has the first.
    let buffer = user.buffer.take().unwrap_or_else(|| vec![0; user.size]);
    // A wrap that was made just now takes it.
    let _ = base.use_user_buffer(cx, buffer, move |cx, base, buffer, read| {
        on_user_buffer(cx, socket, base, buffer, read);
    });
}

fn on_user_buffer(
    cx: &mut Ctx,
    socket: Socket,
    base: StreamBase,
    buffer: &mut Vec<u8>,
    read: Result<usize, Errno>,
) {
    let _cause = emit!(Net, "socket.read" @ socket.handle, result = read).map(trace::cause);
    env::enter(cx, |cx| {
        socket.refresh_timeout(cx);
        match read {
            // A read that found nothing is not told.
            Ok(0) => {}
            Ok(count) if !socket.duplex.is_destroyed(cx) => {
                if !call_user(cx, socket, buffer, count) {
                    stop(cx, socket, base);
                }
            }
            Ok(_) => {}
            Err(errno) => on_end(cx, socket, base, errno),
        }
    });
}

fn call_user(cx: &mut Ctx, socket: Socket, buffer: &mut Vec<u8>, count: usize) -> bool {
    let more = socket.more(cx).and_then(|more| more.user_buffer.as_mut());
    let Some(callback) = more.and_then(|user| user.callback.take()) else {
        return true;
    };
    let mut visit = Visit {
        cx,
        socket,
        callback: Some(callback),
        buffer,
    };
    let Some(callback) = &mut visit.callback else {
        return true;
    };
    listeners::in_callback(visit.cx, |cx| callback(cx, socket, visit.buffer, count))
}

/// The user's callback on its way. It goes back even if it panics.
struct Visit<'a> {
    cx: &'a mut Ctx,
    socket: Socket,
    callback: Option<Box<OnRead>>,
    buffer: &'a mut Vec<u8>,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let more = self.socket.more(self.cx);
        if let Some(user) = more.and_then(|more| more.user_buffer.as_mut()) {
            user.callback = self.callback.take();
            user.size = self.buffer.len();
        }
    }
}
