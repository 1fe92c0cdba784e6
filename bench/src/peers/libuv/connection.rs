//! A connection on libuv: reading and writing.

use std::ffi::{c_char, c_int};
use std::mem::MaybeUninit;
use std::{ptr, slice};

use libuv_sys2 as uv;

use super::check;
use super::server::Server;
use crate::error::Result;
use crate::serve::{PIECE, PIECES, Service};

static BYTES: [u8; PIECE] = [b'l'; PIECE];

/// How much a request can send, whose buffer is its own.
const ROOM: usize = 8 * 1024;

/// A TCP handle or a pipe.
#[repr(C)]
pub(super) union Handle {
    tcp: MaybeUninit<uv::uv_tcp_t>,
    pipe: MaybeUninit<uv::uv_pipe_t>,
}

impl Handle {
    pub(super) fn new() -> Handle {
        Handle {
            tcp: MaybeUninit::uninit(),
        }
    }

    /// It must stay where it is from now on.
    pub(super) fn init(&mut self, lp: *mut uv::uv_loop_t, is_tcp: bool) -> Result<()> {
        let handle = ptr::from_mut(self);
        // SAFETY: there is room for either, and libuv expects nothing in it.
        check(unsafe {
            if is_tcp {
                uv::uv_tcp_init(lp, handle.cast())
            } else {
                uv::uv_pipe_init(lp, handle.cast(), 0)
            }
        })
        .map(drop)
    }

    pub(super) fn stream(&mut self) -> *mut uv::uv_stream_t {
        ptr::from_mut(self).cast()
    }
}

/// A connection. It frees itself in its close callback.
pub(super) struct Connection {
    pub(super) handle: Handle,
    server: *mut Server,
    /// For the one write that can be pending, in services where there is but one at a time.
    request: MaybeUninit<uv::uv_write_t>,
    /// What that one sends.
    rest: Vec<u8>,
    /// The other half of its pair, until either closes.
    other: *mut Connection,
}

/// A write with a buffer of its own, which it was read into.
pub(super) struct Request {
    request: MaybeUninit<uv::uv_write_t>,
    server: *mut Server,
    buffer: [u8; ROOM],
}

impl Connection {
    pub(super) fn new(
        lp: *mut uv::uv_loop_t,
        is_tcp: bool,
        server: *mut Server,
    ) -> Result<*mut Connection> {
        let connection = Box::into_raw(Box::new(Connection {
            handle: Handle::new(),
            server,
            request: MaybeUninit::uninit(),
            rest: Vec::new(),
            other: ptr::null_mut(),
        }));
        // SAFETY: it was just made; what could not be initialised libuv knows nothing of.
        unsafe {
            if let Err(error) = (*connection).handle.init(lp, is_tcp) {
                drop(Box::from_raw(connection));
                return Err(error);
            }
            (*(*connection).handle.stream()).data = connection.cast();
        }
        Ok(connection)
    }

    /// # Safety
    ///
    /// The connection must not have been freed.
    pub(super) unsafe fn close(connection: *mut Connection) {
        // SAFETY: as the caller promises; what is closing is not closed again. What refers to it is told before it is gone.
        unsafe {
            let handle = (*connection).handle.stream().cast();
            if uv::uv_is_closing(handle) != 0 {
                return;
            }
            uv::uv_close(handle, Some(on_close));
            let other = std::mem::replace(&mut (*connection).other, ptr::null_mut());
            if !other.is_null() {
                (*other).other = ptr::null_mut();
                Connection::close(other);
            }
        }
    }

    /// Begins to serve.
    ///
    /// # Safety
    ///
    /// The connection must not have been freed, and nothing else may refer to its server.
    pub(super) unsafe fn start(connection: *mut Connection) {
        // SAFETY: as the caller promises.
        unsafe {
            let server = (*connection).server;
            let stream = (*connection).handle.stream();
            match (*server).service {
                Service::Echo if (*server).writes => {
                    uv::uv_read_start(stream, Some(alloc_request), Some(on_read_to_write));
                }
                Service::Echo => {
                    uv::uv_read_start(stream, Some(alloc_shared), Some(on_read_to_echo));
                }
                Service::Sink => {
                    uv::uv_read_start(stream, Some(alloc_shared), Some(on_read_to_drop));
                }
                Service::Source => fill(connection),
                // Those are no streams'.
                Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => {
                    Connection::close(connection)
                }
                Service::Relay | Service::Splice => {
                    if let Some((from, to)) = (*server).pairs.add(connection) {
                        (*from).other = to;
                        (*to).other = from;
                        let stream = (*from).handle.stream();
                        uv::uv_read_start(stream, Some(alloc_shared), Some(on_read_to_relay));
                    }
                }
            }
        }
    }

    /// Sends bytes: at once, as far as they go out, in which case this says true; else what is left later, and then `done` is called. One write at a
    /// time.
    ///
    /// # Safety
    ///
    /// The connection must not have been freed.
    unsafe fn send(connection: *mut Connection, bytes: &[u8], done: uv::uv_write_cb) -> bool {
        let buffer = buffer_of(bytes);
        // SAFETY: the bytes are there during the call, and what is left of them is copied into the connection, which is not freed before the write is over.
        unsafe {
            let stream = (*connection).handle.stream();
            let sent = match uv::uv_try_write(stream, &buffer, 1) {
                sent if sent >= 0 => sent as usize,
                code if code == uv::uv_errno_t_UV_EAGAIN => 0,
                _ => {
                    Connection::close(connection);
                    return true;
                }
            };
            if sent == bytes.len() {
                return true;
            }
            let rest = &mut (*connection).rest;
            rest.clear();
            rest.extend_from_slice(&bytes[sent..]);
            let buffer = buffer_of(rest);
            let request = (*connection).request.as_mut_ptr();
            if uv::uv_write(request, stream, &buffer, 1, done) < 0 {
                Connection::close(connection);
            }
            false
        }
    }
}

fn buffer_of(bytes: &[u8]) -> uv::uv_buf_t {
    uv::uv_buf_t {
        base: bytes.as_ptr().cast_mut().cast::<c_char>(),
        len: bytes.len() as _,
    }
}

/// The connection that a handle is part of.
///
/// # Safety
///
/// The handle must be a connection's.
unsafe fn connection_of(stream: *mut uv::uv_stream_t) -> *mut Connection {
    // SAFETY: `Connection::new` put it there.
    unsafe { (*stream).data.cast() }
}

unsafe extern "C" fn on_close(handle: *mut uv::uv_handle_t) {
    // SAFETY: it was made from a box, and libuv has done with it.
    unsafe { drop(Box::from_raw(connection_of(handle.cast()))) }
}

unsafe extern "C" fn alloc_shared(
    handle: *mut uv::uv_handle_t,
    _suggested: usize,
    buffer: *mut uv::uv_buf_t,
) {
    // SAFETY: the handle is a connection's, and `buffer` is to be filled in. The server's buffer is there for good.
    unsafe {
        let connection = connection_of(handle.cast());
        *buffer = buffer_of(&(*(*connection).server).buffer);
    }
}

unsafe extern "C" fn alloc_request(
    handle: *mut uv::uv_handle_t,
    _suggested: usize,
    buffer: *mut uv::uv_buf_t,
) {
    // SAFETY: as above; a request is freed by nobody, but goes back to the spare ones.
    unsafe {
        let server = (*connection_of(handle.cast())).server;
        let request = (*server).spare.pop().unwrap_or_else(|| {
            Box::into_raw(Box::new(Request {
                request: MaybeUninit::uninit(),
                server,
                buffer: [0; ROOM],
            }))
        });
        (*(*request).request.as_mut_ptr()).data = request.cast();
        *buffer = buffer_of(&(*request).buffer);
    }
}

/// What was read.
///
/// # Safety
///
/// `buffer` and `count` must be what libuv gave to a read callback.
unsafe fn bytes_of<'a>(buffer: *const uv::uv_buf_t, count: isize) -> &'a [u8] {
    // SAFETY: as the caller promises, so many bytes are initialised there, for as long as the callback runs.
    unsafe { slice::from_raw_parts((*buffer).base.cast(), count as usize) }
}

unsafe extern "C" fn on_read_to_echo(
    stream: *mut uv::uv_stream_t,
    count: isize,
    buffer: *const uv::uv_buf_t,
) {
    // SAFETY: the stream is a connection's, and the bytes are libuv's.
    unsafe {
        let connection = connection_of(stream);
        match count {
            0 => {}
            1.. => {
                // What comes next is read when this is out.
                if !Connection::send(connection, bytes_of(buffer, count), Some(after_echo)) {
                    uv::uv_read_stop(stream);
                }
            }
            _ => Connection::close(connection),
        }
    }
}

unsafe extern "C" fn after_echo(request: *mut uv::uv_write_t, status: c_int) {
    // SAFETY: the request is part of a connection, which is freed later than this is called.
    unsafe {
        let stream = (*request).handle;
        if status < 0 {
            Connection::close(connection_of(stream));
        } else if uv::uv_is_closing(stream.cast()) == 0 {
            uv::uv_read_start(stream, Some(alloc_shared), Some(on_read_to_echo));
        }
    }
}

unsafe extern "C" fn on_read_to_write(
    stream: *mut uv::uv_stream_t,
    count: isize,
    buffer: *const uv::uv_buf_t,
) {
    // SAFETY: the buffer is the one of `alloc_request`, at that place in its request, unless libuv wanted none.
    unsafe {
        let connection = connection_of(stream);
        let base = (*buffer).base.cast::<u8>();
        let request = match base.is_null() {
            true => ptr::null_mut(),
            false => base
                .sub(std::mem::offset_of!(Request, buffer))
                .cast::<Request>(),
        };
        if count > 0 {
            let bytes = buffer_of(bytes_of(buffer, count));
            let write = (*request).request.as_mut_ptr();
            if uv::uv_write(write, stream, &bytes, 1, Some(after_write)) == 0 {
                return;
            }
            Connection::close(connection);
        } else if count < 0 {
            Connection::close(connection);
        }
        if !request.is_null() {
            (*(*request).server).spare.push(request);
        }
    }
}

unsafe extern "C" fn after_write(request: *mut uv::uv_write_t, status: c_int) {
    // SAFETY: `alloc_request` put the request there; the connection is freed later than this is called.
    unsafe {
        let ours = (*request).data.cast::<Request>();
        (*(*ours).server).spare.push(ours);
        if status < 0 {
            Connection::close(connection_of((*request).handle));
        }
    }
}

unsafe extern "C" fn on_read_to_drop(
    stream: *mut uv::uv_stream_t,
    count: isize,
    _buffer: *const uv::uv_buf_t,
) {
    if count < 0 {
        // SAFETY: the stream is a connection's.
        unsafe { Connection::close(connection_of(stream)) }
    }
}

unsafe extern "C" fn on_read_to_relay(
    stream: *mut uv::uv_stream_t,
    count: isize,
    buffer: *const uv::uv_buf_t,
) {
    // SAFETY: the stream is a connection's; as long as it is open, so is the other half.
    unsafe {
        let connection = connection_of(stream);
        let other = (*connection).other;
        if count < 0 || other.is_null() {
            Connection::close(connection);
        } else if count > 0 && !Connection::send(other, bytes_of(buffer, count), Some(after_relay))
        {
            uv::uv_read_stop(stream);
        }
    }
}

unsafe extern "C" fn after_relay(request: *mut uv::uv_write_t, status: c_int) {
    // SAFETY: the request is part of a connection, which is freed later than this is called; as long as it is open, so is the other half.
    unsafe {
        let connection = connection_of((*request).handle);
        let from = (*connection).other;
        if status < 0 || from.is_null() {
            Connection::close(connection);
        } else {
            let stream = (*from).handle.stream();
            uv::uv_read_start(stream, Some(alloc_shared), Some(on_read_to_relay));
        }
    }
}

/// Sends until it does not go out at once.
///
/// # Safety
///
/// The connection must not have been freed.
unsafe fn fill(connection: *mut Connection) {
    let buffer = buffer_of(&BYTES);
    // SAFETY: as the caller promises; the bytes are there for good, and the request is not in use.
    unsafe {
        for _ in 0..PIECES {
            if !Connection::send(connection, &BYTES, Some(after_fill)) {
                return;
            }
        }
        let stream = (*connection).handle.stream();
        let request = (*connection).request.as_mut_ptr();
        if uv::uv_write(request, stream, &buffer, 1, Some(after_fill)) < 0 {
            Connection::close(connection);
        }
    }
}

unsafe extern "C" fn after_fill(request: *mut uv::uv_write_t, status: c_int) {
    // SAFETY: the request is part of a connection, which is freed later than this is called.
    unsafe {
        let connection = connection_of((*request).handle);
        if status < 0 {
            Connection::close(connection);
        } else {
            fill(connection);
        }
    }
}
