//! A server at a path: both ends are told each other's names and who is there, bytes go both ways, and the path is gone with the server.

use std::os::unix::net::UnixStream;

use uvox_loop::sys::{UnixAddr, UnixName};
use uvox_loop::{Errno, Loop};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close, close_and_end, end, free_path, keep_reading, scenario, until};

#[test]
fn a_path_and_who_is_at_its_ends() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let server = Pipe::new(&mut lp);
        assert_eq!(server.getsockname(&lp), Err(Errno::EBADF));
        server.bind(&mut lp, &path).unwrap();
        let address = UnixAddr::from_path(&path).unwrap();
        assert_eq!(server.getsockname(&lp), Ok(address));
        assert_eq!(server.getpeername(&lp), Err(Errno::ENOTCONN));
        assert_eq!(server.peer_credentials(&lp), Err(Errno::ENOTCONN));
        assert!(!lp.is_active(server), "a handle that is bound does nothing");
        let accepted = Seen::new();
        let all = accepted.clone();
        server
            .listen(&mut lp, 8, move |cx, server, connection| {
                all.add(Pipe::accept(cx, connection.unwrap()).unwrap());
                assert_eq!(server.getsockname(cx), Ok(address));
            })
            .unwrap();
        let client = Pipe::new(&mut lp);
        let connected = Seen::new();
        let told = connected.clone();
        client
            .connect(&mut lp, &path, move |_, pipe, result| {
                told.add((pipe, result));
            })
            .unwrap();
        until(&mut lp, |_| connected.len() + accepted.len() == 2);
        assert_eq!(connected.all(), [(client, Ok(()))]);
        let peer = accepted.all()[0];
        assert_eq!(client.getsockname(&lp).unwrap().name(), UnixName::Unnamed);
        assert_eq!(client.getpeername(&lp), Ok(address));
        assert_eq!(peer.getpeername(&lp).unwrap().name(), UnixName::Unnamed);
        for end in [client, peer] {
            let who = end.peer_credentials(&lp).unwrap();
            let me = std::process::id().cast_signed();
            assert!(who.process.is_none_or(|process| process == me));
        }
        for (from, to) in [(client, peer), (peer, client)] {
            let (bytes, _) = keep_reading(&mut lp, *to);
            from.write(&mut lp, b"hello", |_, _, written| {
                assert_eq!(written.status, Ok(()))
            })
            .unwrap();
            until(&mut lp, |_| bytes.len() == 5);
            assert_eq!(bytes.all(), b"hello");
        }
        assert!(path.exists());
        close(&mut lp, server);
        assert!(!path.exists(), "it is removed at once");
        assert_eq!(server.getsockname(&lp), Err(Errno::EBADF));
        close_and_end(lp, &[client, peer]);
    });
}

/// An end of a pipe, and a socket of another family.
#[test]
fn what_has_no_name_and_nobody_at_the_other_end() {
    use std::os::fd::AsFd;
    use uvox_loop::sys;
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let expected = sys::peer_credentials(theirs.as_fd()).unwrap();
        let pipe = Pipe::new(&mut lp);
        pipe.open(&mut lp, ours.into()).unwrap();
        assert_eq!(pipe.peer_credentials(&lp), Ok(expected));
        let (reader, writer) = Pipe::ends(&mut lp).unwrap();
        assert!(reader.peer_credentials(&lp).is_err());
        assert_eq!(reader.getsockname(&lp), Err(Errno::ENOTSOCK));
        assert_eq!(writer.getpeername(&lp), Err(Errno::ENOTSOCK));
        let (tcp, _other) = uvox_testing::tcp_pair();
        let stranger = Pipe::new(&mut lp);
        stranger.open(&mut lp, tcp.into()).unwrap();
        assert_eq!(stranger.getsockname(&lp), Err(Errno::EAFNOSUPPORT));
        for pipe in [pipe, reader, writer, stranger] {
            close(&mut lp, pipe);
        }
        lp.run(uvox_loop::RunMode::Default).unwrap();
        assert_eq!(pipe.peer_credentials(&lp), Err(Errno::EBADF));
        end(lp);
    });
}
