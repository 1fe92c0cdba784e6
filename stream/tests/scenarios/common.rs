//! What every scenario is run in.

use std::cell::RefCell;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use uvox_loop::{Ctx, Kind, Loop, RunMode, sys};
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

/// Two ends of a TCP connection over loopback.
pub(crate) fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (other, _) = listener.accept().unwrap();
    (one, other)
}

/// A stream on anything that has a descriptor.
pub(crate) fn stream_on(lp: &mut Loop, fd: impl Into<OwnedFd>) -> Stream {
    Stream::from_socket(lp, &SOCKET, fd.into()).unwrap()
}

/// Runs turn after turn until something is so. A loop that has nothing left to do before that is a mistake.
pub(crate) fn until(lp: &mut Loop, is_so: impl Fn(&Ctx) -> bool) {
    while !is_so(lp) {
        let alive = lp.run(RunMode::Once).unwrap();
        assert!(
            alive || is_so(lp),
            "the loop is done before it has happened"
        );
    }
}

/// Closes streams, and runs the loop to its end.
pub(crate) fn close_and_end(mut lp: Loop, streams: &[Stream]) {
    for stream in streams {
        lp.close(*stream, |_| ()).unwrap();
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(lp.requests(), 0);
    end(lp);
}

/// What callbacks saw, in order. Clones share one record.
pub(crate) struct Seen<T>(Rc<RefCell<Vec<T>>>);

impl<T> Clone for Seen<T> {
    fn clone(&self) -> Seen<T> {
        Seen(self.0.clone())
    }
}

impl<T: Clone> Seen<T> {
    pub(crate) fn new() -> Seen<T> {
        Seen(Rc::default())
    }

    pub(crate) fn add(&self, item: T) {
        self.0.borrow_mut().push(item);
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.0.borrow().clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

/// All that has arrived at a peer, which never waits from now on.
pub(crate) fn drain(peer: &mut UnixStream) -> Vec<u8> {
    peer.set_nonblocking(true).unwrap();
    let mut got = Vec::new();
    let end = peer.read_to_end(&mut got);
    assert!(end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    got
}

/// A stream that has no descriptor yet.
pub(crate) fn unconnected(lp: &mut Loop) -> Stream {
    Stream::new(lp, &SOCKET)
}
