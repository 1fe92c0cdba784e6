//! A call that a signal interrupts is made again, whichever call it is; the trace shows both.

use std::io::{IoSlice, IoSliceMut};
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd};

use uvox_loop::Errno;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Control, Domain, Message, RecvBatch, SendBatch, Type};
use uvox_loop::trace::Outcome;

use super::support::{LOOPBACK, connecting_to, listener, pair, readable, traced, udp_pair};
use crate::common::scenario;

/// Makes a call that meets `EINTR` at first.
fn interrupted<R>(name: &'static str, f: impl FnOnce() -> Result<R, Errno>) -> R {
    let faults = fault::plan([Fault::new(name, 1, Effect::Fail(Errno::EINTR))]);
    let (result, outcomes) = traced(name, f);
    assert_eq!(faults.left(), 0, "{name} was not called");
    assert_eq!(outcomes[0], Outcome::Failed(Errno::EINTR), "{name}");
    assert!(matches!(outcomes[1], Outcome::Done(_)), "{name}");
    result.unwrap_or_else(|errno| panic!("{name}: {errno}"))
}

#[test]
fn an_interrupted_call_is_made_again() {
    scenario(|| {
        sockets();
        streams();
        datagrams();
        others();
    });
}

fn sockets() {
    let (listener, address) = listener();
    interrupted("listen", || sys::listen(listener.as_fd(), 2));
    let first = connecting_to(address);
    let accept = if cfg!(target_vendor = "apple") {
        "accept"
    } else {
        "accept4"
    };
    let (server, from) = interrupted(accept, || {
        sys::accept_with_address(readable(&listener).as_fd())
    });
    let own = interrupted("getsockname", || sys::getsockname(first.as_fd()));
    assert_eq!(own, from);
    let peer = interrupted("getpeername", || sys::getpeername(server.as_fd()));
    assert_eq!(peer, from);
    interrupted("shutdown", || sys::shutdown(server.as_fd(), Shutdown::Both));
    let socket = interrupted("socket", || sys::socket(Domain::IPV4, Type::DGRAM, None));
    interrupted("bind", || {
        sys::bind(
            socket.as_fd(),
            "127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap(),
        )
    });
    interrupted("getsockopt", || sys::take_error(socket.as_fd()));
    interrupted("setsockopt", || {
        sys::set_option(socket.as_fd(), libc::SOL_SOCKET, libc::SO_BROADCAST, 1)
    });
}

fn streams() {
    let (a, b) = interrupted("socketpair", || {
        sys::socketpair(Domain::UNIX, Type::STREAM, None)
    });
    let bytes = &mut [0; 8];
    assert_eq!(interrupted("send", || sys::send(a.as_fd(), b"one")), 3);
    assert_eq!(interrupted("recv", || sys::peek(b.as_fd(), bytes)), 3);
    assert_eq!(interrupted("recv", || sys::recv(b.as_fd(), bytes)), 3);
    assert_eq!(interrupted("write", || sys::write(a.as_fd(), b"four")), 4);
    assert_eq!(interrupted("ioctl", || sys::bytes_readable(b.as_fd())), 4);
    assert_eq!(interrupted("read", || sys::read(b.as_fd(), bytes)), 4);
    let two = [IoSlice::new(b"se"), IoSlice::new(b"ven")];
    assert_eq!(interrupted("writev", || sys::writev(a.as_fd(), &two)), 5);
    assert_eq!(interrupted("sendmsg", || sys::sendv(a.as_fd(), &two)), 5);
    let into = &mut [IoSliceMut::new(bytes)];
    assert_eq!(interrupted("readv", || sys::readv(b.as_fd(), into)), 8);
    let received = interrupted("recvmsg", || {
        sys::recv_descriptors(b.as_fd(), into, &mut Vec::new())
    });
    assert_eq!(received.count, 2);
    assert_eq!(&bytes[..2], b"en");
    interrupted("sendmsg", || {
        sys::send_descriptors(a.as_fd(), &two, &[a.as_fd()])
    });
}

fn datagrams() {
    let (sender, receiver, to) = udp_pair("127.0.0.1");
    let one = [IoSlice::new(b"datagram")];
    let bytes = &mut [0; 64];
    interrupted("sendmsg", || {
        sys::sendmsg(sender.as_fd(), &one, None, &Control::default())
    });
    readable(&receiver);
    let received = interrupted("recvmsg", || {
        sys::recvmsg(receiver.as_fd(), &mut [IoSliceMut::new(bytes)], None)
    });
    assert_eq!(received.count, 8);
    let sent = interrupted("sendto", || sys::sendto(sender.as_fd(), b"datagram", &to));
    assert_eq!(sent, 8);
    assert_eq!(sys::recv(readable(&receiver).as_fd(), bytes), Ok(8));
    if cfg!(target_vendor = "apple") {
        return;
    }
    let message = Message {
        buffers: &one,
        to: None,
        control: Control::default(),
    };
    let mut batch = SendBatch::new(2);
    let sent = interrupted("sendmmsg", || batch.send(sender.as_fd(), [message; 2]));
    assert_eq!(sent, 2);
    readable(&receiver);
    let mut batch = RecvBatch::new(4);
    let count = interrupted("recvmmsg", || batch.recv(receiver.as_fd(), bytes, 16));
    assert_eq!(count, 2);
}

fn others() {
    let pipe = if cfg!(target_vendor = "apple") {
        "pipe"
    } else {
        "pipe2"
    };
    let (reader, writer) = interrupted(pipe, sys::pipe);
    sys::write(writer.as_fd(), b"spliced").unwrap();
    let (a, b) = pair();
    if cfg!(target_os = "linux") {
        let moved = interrupted("splice", || sys::splice(reader.as_fd(), a.as_fd(), 64));
        assert_eq!(moved, 7);
        interrupted("getsockopt", || sys::peer_credentials(b.as_fd()));
    }
    interrupted("fcntl", || sys::dup(a.as_fd()));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, "").unwrap();
    interrupted("lstat", || sys::identity(&path));
    interrupted("stat", || sys::mode(&path));
    interrupted("fcntl", || sys::access(a.as_fd()));
    interrupted("fstat", || sys::descriptor_kind(a.as_raw_fd()));
    interrupted("chmod", || sys::chmod(&path, 0o600));
    interrupted("unlink", || sys::unlink(&path));
    let index = interrupted("if_nametoindex", || sys::if_nametoindex(LOOPBACK));
    let name = interrupted("if_indextoname", || sys::if_indextoname(index));
    assert_eq!(name, LOOPBACK);
    let limit = interrupted("getrlimit", sys::descriptor_limit);
    interrupted("setrlimit", || sys::set_descriptor_limit(limit));
}
