//! An error of the descriptor is reported as EBADF, as in libuv, and the handle is stopped.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};
use uvox_loop::{Errno, Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn a_connection_that_was_reset() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (theirs, _) = listener.accept().unwrap();
        let seen = Seen::new();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let events = seen.clone();
        poll.start(&mut lp, Interest::READABLE, move |cx, poll, result| {
            assert!(!cx.is_active(poll));
            events.add(result);
        })
        .unwrap();
        SockRef::from(&ours)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(ours);
        assert!(
            !lp.run(RunMode::Default).unwrap(),
            "stopped, it does not keep the loop"
        );
        assert_eq!(seen.all(), [Err(Errno::EBADF)]);
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_connection_that_was_refused() {
    scenario(|| {
        let mut lp = new_loop();
        // A port where nobody listens: it was somebody's just now.
        let address = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap();
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        let seen = Seen::new();
        let error = socket.connect(&address.into()).unwrap_err();
        assert_eq!(Errno::from(error), Errno::EINPROGRESS);
        let poll = Poll::new(&mut lp, &socket).unwrap();
        let events = seen.clone();
        poll.start(&mut lp, Interest::WRITABLE, move |_, _, result| {
            events.add(result)
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Err(Errno::EBADF)]);
        // The handle may be started again, by whoever has asked the socket what it was.
        if lp.backend_name() == "epoll" {
            let error = socket.take_error().unwrap().unwrap();
            assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
        }
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_connection_that_was_made() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        let _ = socket.connect(&listener.local_addr().unwrap().into());
        let poll = Poll::new(&mut lp, &socket).unwrap();
        let seen = Seen::new();
        let events = seen.clone();
        poll.start(&mut lp, Interest::WRITABLE, move |cx, poll, result| {
            events.add(result);
            close(cx, poll);
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Ok(Interest::WRITABLE)]);
        assert!(socket.take_error().unwrap().is_none() && socket.peer_addr().is_ok());
        end(lp);
    });
}
