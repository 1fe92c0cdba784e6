//! Streams that cannot listen say so: without a socket, connected, closing, gone. One whose address somebody else has leaves nothing behind.

use std::net::TcpListener;
use std::os::fd::AsFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Loop, RunMode};

use super::support::{bound, listening, without_socket};
use crate::common::{close_and_end, end, scenario, stream_on, tcp_pair, with_socket};

#[test]
fn what_cannot_listen() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let stream = without_socket(&mut lp);
        assert_eq!(stream.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EBADF));
        let (ours, _theirs) = tcp_pair();
        let connected = stream_on(&mut lp, ours);
        assert_eq!(
            connected.listen(&mut lp, 1, |_, _, _| ()),
            Err(Errno::EINVAL)
        );
        assert_eq!(connected.pause_accept(&mut lp), Err(Errno::EINVAL));
        assert!(connected.is_readable(&lp) && !connected.is_listening(&lp));
        let (server, _) = listening(&mut lp, |_, _, _| ());
        assert_eq!(
            server.read_start(&mut lp, |_, _, _| ()),
            Err(Errno::ENOTCONN)
        );
        assert_eq!(server.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        assert_eq!(server.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        for one in [stream, connected, server] {
            lp.close(one, |_| ()).unwrap();
            assert_eq!(one.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EINVAL));
            assert_eq!(one.resume_accept(&mut lp), Err(Errno::EINVAL));
        }
        lp.run(RunMode::Default).unwrap();
        assert_eq!(server.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EBADF));
        assert_eq!(server.pause_accept(&mut lp), Err(Errno::EBADF));
        end(lp);
    });
}

#[test]
fn an_address_that_is_taken() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        // With SO_REUSEADDR two sockets may be bound to an address; only one may listen to it.
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        drop(other);
        let make = || {
            let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
            sys::SockRef::from(&socket).set_reuse_address(true).unwrap();
            sys::bind(socket.as_fd(), address).unwrap();
            socket
        };
        let (one, two) = (make(), make());
        let [one, two] = [one, two].map(|socket| with_socket(&mut lp, socket));
        one.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        assert_eq!(two.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EADDRINUSE));
        assert!(!two.is_listening(&lp) && !lp.is_active(two));
        close_and_end(lp, &[one, two]);
    });
}

/// The socket of a listener can be given away, and listens on for whoever has it.
#[test]
fn a_listening_socket_is_given_away() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (server, address) = bound(&mut lp);
        server.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        let socket = server.into_owned_fd(&mut lp).unwrap();
        assert!(!server.is_listening(&lp) && !lp.is_active(server));
        assert_eq!(server.into_owned_fd(&mut lp).unwrap_err(), Errno::EBADF);
        sys::set_nonblocking(socket.as_fd(), false).unwrap();
        let socket = TcpListener::from(socket);
        let client = std::net::TcpStream::connect(address).unwrap();
        let (_, from) = socket.accept().unwrap();
        assert_eq!(from, client.local_addr().unwrap());
        close_and_end(lp, &[server]);
    });
}
