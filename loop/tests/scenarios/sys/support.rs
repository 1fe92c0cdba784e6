//! What the scenarios of system calls share: connected pairs, waiting, recording, and another process.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::sys::{self, Domain, RawAddress, Type};
use uvox_loop::trace::{self, Outcome, Recorder};
use uvox_loop::{Errno, Interest, Loop, Poll, RunMode};

pub(super) use uvox_testing::{in_child, leave_room_for};

/// The name of the interface that leads back to this machine.
pub(super) const LOOPBACK: &str = if cfg!(target_os = "linux") {
    "lo"
} else {
    "lo0"
};

/// Waits until a descriptor is ready.
pub(super) fn wait(fd: &OwnedFd, interest: Interest) {
    let mut lp = Loop::new().unwrap();
    let poll = Poll::new(&mut lp, fd).unwrap();
    poll.start(&mut lp, interest, |cx, poll, _| {
        cx.close(poll, |_| ()).unwrap();
    })
    .unwrap();
    lp.run(RunMode::Default).unwrap();
    Loop::close(lp).unwrap();
}

/// Waits until there is something to read.
pub(super) fn readable(fd: &OwnedFd) -> &OwnedFd {
    wait(fd, Interest::READABLE);
    fd
}

/// Two connected Unix-domain streams.
pub(super) fn pair() -> (OwnedFd, OwnedFd) {
    sys::socketpair(Domain::UNIX, Type::STREAM, None).unwrap()
}

/// A socket of this kind, bound to a free port of this address.
pub(super) fn bound(address: &str, kind: Type) -> (OwnedFd, SocketAddr) {
    let address: SocketAddr = format!("{address}:0").parse().unwrap();
    let socket = sys::socket(Domain::for_address(address), kind, None).unwrap();
    sys::bind(socket.as_fd(), address).unwrap();
    let address = sys::getsockname(socket.as_fd()).unwrap().ip().unwrap();
    (socket, address)
}

/// A listening TCP socket.
pub(super) fn listener() -> (OwnedFd, SocketAddr) {
    let (socket, address) = bound("127.0.0.1", Type::STREAM);
    sys::listen(socket.as_fd(), 16).unwrap();
    (socket, address)
}

/// A TCP connection that is made or being made.
pub(super) fn connecting_to(address: SocketAddr) -> OwnedFd {
    let socket = sys::socket(Domain::for_address(address), Type::STREAM, None).unwrap();
    match sys::connect(socket.as_fd(), address) {
        Ok(()) | Err(Errno::EINPROGRESS) => socket,
        Err(errno) => panic!("{errno}"),
    }
}

/// Both ends of a TCP connection.
pub(super) fn tcp_pair() -> (OwnedFd, OwnedFd) {
    let (listener, address) = listener();
    let client = connecting_to(address);
    let server = sys::accept(readable(&listener).as_fd()).unwrap();
    wait(&client, Interest::WRITABLE);
    (client, server)
}

/// Two UDP sockets of this address, the first connected to the second, with the second's address.
pub(super) fn udp_pair(address: &str) -> (OwnedFd, OwnedFd, RawAddress) {
    let (sender, _) = bound(address, Type::DGRAM);
    let (receiver, to) = bound(address, Type::DGRAM);
    sys::connect(sender.as_fd(), to).unwrap();
    (sender, receiver, to.into())
}

/// An address of this machine on which nobody listens.
pub(super) fn nobody() -> SocketAddr {
    let (socket, address) = bound("127.0.0.1", Type::STREAM);
    assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
    drop(socket);
    address
}

/// Runs `f`, and returns with its result how the calls of this name ended.
pub(super) fn traced<R>(name: &str, f: impl FnOnce() -> R) -> (R, Vec<Outcome>) {
    let recorder = Recorder::new();
    trace::set(recorder.clone());
    let result = f();
    trace::take();
    let events = recorder.events().into_iter();
    let outcomes = events
        .filter(|event| event.name == name)
        .map(|event| event.result)
        .collect();
    (result, outcomes)
}
