//! The errors that streams make themselves, worded as Node words them.

use crate::Error;

pub(super) fn write_after_end() -> Error {
    Error::new("ERR_STREAM_WRITE_AFTER_END", "write after end")
}

pub(super) fn buffer_full(limit: usize) -> Error {
    let message = format!("More than {limit} would be buffered");
    Error::new("ERR_STREAM_BUFFER_FULL", message)
}

pub(super) fn destroyed(call: &str) -> Error {
    let message = format!("Cannot call {call} after a stream was destroyed");
    Error::new("ERR_STREAM_DESTROYED", message)
}

pub(super) fn already_finished(call: &str) -> Error {
    let message = format!("Cannot call {call} after a stream was finished");
    Error::new("ERR_STREAM_ALREADY_FINISHED", message)
}

pub(super) fn push_after_eof() -> Error {
    Error::new("ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF")
}

pub(super) fn unshift_after_end_event() -> Error {
    Error::new(
        "ERR_STREAM_UNSHIFT_AFTER_END_EVENT",
        "stream.unshift() after end event",
    )
}

pub(super) fn multiple_callback() -> Error {
    Error::new("ERR_MULTIPLE_CALLBACK", "Callback called multiple times")
}

pub(super) fn not_implemented(method: &str) -> Error {
    let message = format!("The {method} method is not implemented");
    Error::new("ERR_METHOD_NOT_IMPLEMENTED", message)
}

pub(super) fn cannot_pipe() -> Error {
    Error::new("ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable")
}

pub(crate) fn premature_close() -> Error {
    Error::new("ERR_STREAM_PREMATURE_CLOSE", "Premature close")
}

pub(super) fn missing_streams() -> Error {
    Error::new(
        "ERR_MISSING_ARGS",
        "The \"streams\" argument must be specified",
    )
}
