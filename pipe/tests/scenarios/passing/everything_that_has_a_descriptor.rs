//! Handles and plain descriptors of every sort are passed, one, several and as many as a message can carry, and work at the other end.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use uvox_loop::sys::{self, DESCRIPTORS_MAX, DescriptorKind};
use uvox_loop::{Ctx, Loop};
use uvox_pipe::uv::Pipe;
use uvox_stream::uv::{Passed, Written};
use uvox_testing::tcp_pair;

use super::support::{keep_reading_and_taking, marked};
use crate::common::{Seen, close, close_and_end, ipc_pair, keep_reading, scenario, until};

fn all_sent(_: &mut Ctx, _: uvox_stream::uv::Stream, written: Written) {
    assert_eq!(written.status, Ok(()));
}

/// Passes one descriptor, and returns what comes out at the other end.
fn pass(lp: &mut Loop, what: Passed<'_>, kind: DescriptorKind) -> OwnedFd {
    let (one, other) = ipc_pair(lp);
    let (bytes, _) = keep_reading(lp, *other);
    one.write2(lp, b"x", [what], all_sent).unwrap();
    until(lp, |_| bytes.len() == 1);
    assert_eq!(other.pending_count(lp), 1);
    assert_eq!(other.pending_type(lp), Some(kind));
    let taken = other.take_pending(lp).unwrap();
    assert_eq!((other.pending_count(lp), other.pending_type(lp)), (0, None));
    assert!(other.take_pending(lp).is_none());
    close(lp, one);
    close(lp, other);
    lp.run(uvox_loop::RunMode::NoWait).unwrap();
    taken
}

#[test]
fn plain_descriptors() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = pass(&mut lp, listener.as_fd().into(), DescriptorKind::Tcp);
        drop(listener);
        let listener = TcpListener::from(taken);
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"hello").unwrap();
        let mut got = [0; 5];
        listener.accept().unwrap().0.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"hello");

        let (ours, mut theirs) = tcp_pair();
        let owned: OwnedFd = ours.into();
        let taken = pass(&mut lp, owned.into(), DescriptorKind::Tcp);
        theirs.write_all(b"world").unwrap();
        TcpStream::from(taken).read_exact(&mut got).unwrap();
        assert_eq!(&got, b"world");

        let (reader, writer) = sys::pipe().unwrap();
        let taken = pass(&mut lp, writer.into(), DescriptorKind::Pipe);
        sys::write(taken.as_fd(), b"a pipe").unwrap();
        let mut got = [0; 6];
        assert_eq!(sys::read(reader.as_fd(), &mut got), Ok(6));
        drop(taken);
        assert_eq!(
            sys::read(reader.as_fd(), &mut got),
            Ok(0),
            "it was the last"
        );

        let mut file = tempfile::tempfile().unwrap();
        let taken = pass(&mut lp, file.as_fd().into(), DescriptorKind::File);
        File::from(taken).write_all(b"a file").unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut got = String::new();
        file.read_to_string(&mut got).unwrap();
        assert_eq!(got, "a file");

        let (one, _other) = UnixStream::pair().unwrap();
        pass(&mut lp, one.as_fd().into(), DescriptorKind::UnixStream);
        close_and_end::<Pipe>(lp, &[]);
    });
}

#[test]
fn handles() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (handle, peer) = Pipe::pair(&mut lp).unwrap();
        let (bytes, _) = keep_reading(&mut lp, *peer);
        let taken = pass(&mut lp, handle.into(), DescriptorKind::UnixStream);
        let (reader, writer) = Pipe::ends(&mut lp).unwrap();
        pass(&mut lp, writer.stream().into(), DescriptorKind::Pipe);
        let key = uvox_loop::Key::from(reader);
        pass(&mut lp, key.into(), DescriptorKind::Pipe);
        // It lives on without the handle that it was.
        close(&mut lp, handle);
        let second = Pipe::new(&mut lp);
        second.open(&mut lp, taken).unwrap();
        second.write(&mut lp, b"still here", all_sent).unwrap();
        until(&mut lp, |_| bytes.len() == 10);
        assert_eq!(bytes.all(), b"still here");
        close_and_end(lp, &[peer, second, reader, writer]);
    });
}

/// They come in the order in which they were named, and with the bytes that they went with.
#[test]
fn one_two_and_the_most() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let (bytes, marks) = keep_reading_and_taking(&mut lp, other);
        for count in [1, 2, DESCRIPTORS_MAX] {
            let before = bytes.len();
            let expected: Vec<u8> = (0..count).map(|number| number as u8).collect();
            let passed = expected.iter().map(|mark| marked(*mark).into());
            one.write2(&mut lp, b"these", passed, all_sent).unwrap();
            until(&mut lp, |_| bytes.len() == before + 5);
            assert_eq!(marks.take(), expected);
        }
        // Without any it is an ordinary write.
        one.write2(&mut lp, b"none", [], all_sent).unwrap();
        until(&mut lp, |_| bytes.len() == 19);
        assert!(marks.is_empty());
        close_and_end(lp, &[one, other]);
    });
}

/// A connection that is accepted can be made for it, too; and what is passed can be a stream again, over which more is passed.
#[test]
fn through_a_pipe_that_came_through_a_pipe() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (_directory, path) = crate::common::free_path();
        let server = Pipe::new(&mut lp);
        server.bind(&mut lp, &path).unwrap();
        let marks = Seen::new();
        let taken = marks.clone();
        server
            .listen(&mut lp, 8, move |cx, server, connection| {
                let peer = Pipe::accept(cx, connection.unwrap()).unwrap();
                peer.pass_descriptors(cx).unwrap();
                let taken = taken.clone();
                peer.read_start(cx, move |cx, peer, got| {
                    assert_eq!(got, Ok(&b"a pipe"[..]));
                    let inner = Pipe::new_ipc(cx);
                    let fd = peer.take_pending(cx).unwrap();
                    inner.open(cx, fd).unwrap();
                    let taken = taken.clone();
                    inner
                        .read_start(cx, move |cx, inner, got| {
                            assert_eq!(got, Ok(&b"in a pipe"[..]));
                            let fd = inner.take_pending(cx).unwrap();
                            taken.add(super::support::mark_of(&fd));
                            cx.close(inner, |_| ()).unwrap();
                            cx.close(peer, |_| ()).unwrap();
                        })
                        .unwrap();
                })
                .unwrap();
                cx.close(server, |_| ()).unwrap();
            })
            .unwrap();
        let client = Pipe::new_ipc(&mut lp);
        let (near, far) = ipc_pair(&mut lp);
        client.connect(&mut lp, &path, |_, _, _| ()).unwrap();
        // Queued while it connects; the handle may be closed meanwhile.
        client
            .write2(&mut lp, b"a pipe", [far.into()], all_sent)
            .unwrap();
        close(&mut lp, far);
        near.write2(&mut lp, b"in a pipe", [marked(42).into()], all_sent)
            .unwrap();
        until(&mut lp, |_| marks.len() == 1);
        assert_eq!(marks.all(), [42]);
        close_and_end(lp, &[client, near]);
    });
}
