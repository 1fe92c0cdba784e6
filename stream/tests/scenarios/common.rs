//! What every scenario is run in.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Kind, Loop};
use uvox_stream::uv::{Channel, Stream, StreamState};
pub(crate) use uvox_testing::{Seen, drain, end, scenario, tcp_pair, until};

static SOCKET: Kind<StreamState> = Stream::kind("socket");

/// A stream on one end of a pair of sockets, and the other end.
pub(crate) fn stream_and_peer(lp: &mut Loop) -> (Stream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    (
        Stream::from_socket(lp, &SOCKET, ours.into()).unwrap(),
        theirs,
    )
}

/// A stream on anything that has a descriptor.
pub(crate) fn stream_on(lp: &mut Loop, fd: impl Into<OwnedFd>) -> Stream {
    Stream::from_socket(lp, &SOCKET, fd.into()).unwrap()
}

/// A stream that has no descriptor yet.
pub(crate) fn unconnected(lp: &mut Loop) -> Stream {
    Stream::new(lp, &SOCKET)
}

/// A stream with a socket that is not connected yet, as far as the stream knows.
pub(crate) fn with_socket(lp: &mut Loop, socket: OwnedFd) -> Stream {
    with_socket_of(lp, &SOCKET, socket)
}

/// The same of another kind.
pub(crate) fn with_socket_of(
    lp: &mut Loop,
    kind: &'static Kind<StreamState>,
    socket: OwnedFd,
) -> Stream {
    let stream = Stream::new(lp, kind);
    stream.take_socket(lp, socket, Channel::Internet).unwrap();
    stream
}

/// Closes streams, and runs the loop to its end.
pub(crate) fn close_and_end(lp: Loop, streams: &[Stream]) {
    uvox_testing::close_and_end(lp, streams);
}
