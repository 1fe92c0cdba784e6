//! What can go wrong with datagrams, in Node's words.

use uvox_loop::Errno;

use crate::Error;

pub(super) fn not_running() -> Error {
    Error::new("ERR_SOCKET_DGRAM_NOT_RUNNING", "Not running")
}

pub(super) fn already_bound() -> Error {
    Error::new("ERR_SOCKET_ALREADY_BOUND", "Socket is already bound")
}

pub(super) fn is_connected() -> Error {
    Error::new("ERR_SOCKET_DGRAM_IS_CONNECTED", "Already connected")
}

pub(super) fn not_connected() -> Error {
    Error::new("ERR_SOCKET_DGRAM_NOT_CONNECTED", "Not connected")
}

pub(super) fn no_port() -> Error {
    let message = "Port should be > 0 and < 65536. Received undefined.";
    Error::new("ERR_SOCKET_BAD_PORT", message)
}

pub(super) fn bad_port(port: i64) -> Error {
    let message = format!("Port should be > 0 and < 65536. Received type number ({port}).");
    Error::new("ERR_SOCKET_BAD_PORT", message)
}

pub(super) fn out_of_bounds(what: &str) -> Error {
    let message = format!("\"{what}\" is outside of buffer bounds");
    Error::new("ERR_BUFFER_OUT_OF_BOUNDS", message)
}

pub(super) fn missing(what: &str) -> Error {
    let message = format!("The \"{what}\" argument must be specified");
    Error::new("ERR_MISSING_ARGS", message)
}

pub(super) fn buffer_size(errno: Errno, is_recv: bool) -> Error {
    let call = match is_recv {
        true => "uv_recv_buffer_size",
        false => "uv_send_buffer_size",
    };
    // Of a socket, and not of a handle.
    let words = match errno {
        Errno::EBADF => "bad file descriptor",
        errno => errno.message(),
    };
    let message = format!(
        "Could not get or set buffer size: {call} returned {} ({words})",
        errno.name()
    );
    Error::new("ERR_SOCKET_BUFFER_SIZE", message)
}
