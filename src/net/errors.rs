//! What can go wrong with sockets and servers, in Node's words.

use uvox_loop::Errno;

use crate::Error;

pub(super) fn socket_closed() -> Error {
    Error::new("ERR_SOCKET_CLOSED", "Socket is closed")
}

/// Something cannot be done with a socket right now, because of that.
pub(super) fn busy(why: &'static str) -> Error {
    Error::new("ERR_SOCKET_BUSY", why)
}

pub(super) fn closed_before_connection() -> Error {
    Error::new(
        "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
        "Socket closed before the connection was established",
    )
}

pub(super) fn attempts_timed_out() -> Error {
    Error::new("ERR_SOCKET_CONNECTION_TIMEOUT", "Socket connection timeout")
}

pub(super) fn ended_by_peer() -> Error {
    let message = "This socket has been ended by the other party";
    Error::new("EPIPE", message)
}

pub(super) fn not_tcp() -> Error {
    let message = "This handle type cannot be sent";
    Error::new("ERR_INVALID_HANDLE_TYPE", message)
}

pub(crate) fn bad_port(name: &str, port: i64) -> Error {
    let message = format!("{name} should be >= 0 and < 65536. Received type number ({port}).");
    Error::new("ERR_SOCKET_BAD_PORT", message)
}

pub(super) fn invalid_ip(address: &str) -> Error {
    Error::new(
        "ERR_INVALID_IP_ADDRESS",
        format!("Invalid IP address: {address}"),
    )
}

pub(super) fn invalid_host(host: &str) -> Error {
    let message = "The property 'options.host' must be a string without null bytes. Received";
    let shown = host.replace('\0', "\\x00");
    Error::new("ERR_INVALID_ARG_VALUE", format!("{message} '{shown}'"))
}

pub(super) fn invalid_fd_type(kind: &str) -> Error {
    Error::new(
        "ERR_INVALID_FD_TYPE",
        format!("Unsupported fd type: {kind}"),
    )
}

pub(super) fn ip_blocked(address: &str) -> Error {
    Error::new(
        "ERR_IP_BLOCKED",
        format!("IP({address}) is blocked by net.BlockList"),
    )
}

pub(super) fn already_listening() -> Error {
    let message = "Listen method has been called more than once without closing.";
    Error::new("ERR_SERVER_ALREADY_LISTEN", message)
}

pub(super) fn not_running() -> Error {
    Error::new("ERR_SERVER_NOT_RUNNING", "Server is not running.")
}

/// An abstract name is no file, so that it has no mode.
pub(super) fn no_mode() -> Error {
    let message = "can not set readableAll or writableAll when path is an abstract unix socket";
    Error::new("ERR_INVALID_ARG_VALUE", message)
}

/// `ExceptionWithHostPort`.
pub(super) fn at(errno: Errno, syscall: &'static str, address: &str, port: u16) -> Error {
    Error::system(errno, syscall).at(address, Some(port).filter(|port| *port > 0))
}
