//! What every scenario is run in.

use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

use uvox_loop::{Kind, Loop, sys};
use uvox_stream::uv::{Stream, StreamState};

/// Runs a scenario alone in the process, and checks that it leaves no descriptor open that was not open before.
pub(crate) fn scenario(run: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    drop(Loop::new().unwrap());
    let before = open_descriptors();
    run();
    assert_eq!(
        open_descriptors(),
        before,
        "descriptors open after the scenario, and before it"
    );
}

fn open_descriptors() -> Vec<i32> {
    (0..20_000)
        .filter(|fd| sys::descriptor_is_open(*fd))
        .collect()
}

/// Ends a loop, which must have no handle left.
pub(crate) fn end(lp: Loop) {
    Loop::close(lp).unwrap();
}

static SOCKET: Kind<StreamState> = Stream::kind("socket");

/// A stream on one end of a pair of sockets, and the other end.
pub(crate) fn stream_and_peer(lp: &mut Loop) -> (Stream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    (
        Stream::from_socket(lp, &SOCKET, ours.into()).unwrap(),
        theirs,
    )
}
