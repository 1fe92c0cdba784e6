//! The kernel says of a socket that is not connected yet that it is hung up. When it is connected, and a read finds nothing, that is
//! over; likewise an error that was fetched.

use std::net::{TcpListener, UdpSocket};
use std::os::fd::AsFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Ready, RunMode};

use super::probe::Probe;
use super::stream::{Got, Stream};
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn a_socket_that_was_watched_before_it_connected() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let ours = sys::dup(socket.as_fd()).unwrap();
        let probe = Probe::new(&mut lp, socket);
        settle(&mut lp);
        let connected = sys::connect(ours.as_fd(), listener.local_addr().unwrap());
        assert!(matches!(connected, Ok(()) | Err(Errno::EINPROGRESS)));
        let (_peer, _) = listener.accept().unwrap();
        settle(&mut lp);
        let mut ready = probe.said(&mut lp);
        assert_eq!(sys::recv(ours.as_fd(), &mut [0; 8]), Err(Errno::EAGAIN));
        ready.would_block_reading();
        assert!(!ready.can_read(), "{ready:?}");
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn an_error_that_was_fetched() {
    scenario(|| {
        let mut lp = new_loop();
        let nobody = UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(nobody).unwrap();
        let ours = socket.try_clone().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, socket, 64);
        ours.send(b"x").unwrap();
        until(&mut lp, |_| !got.borrow().is_empty());
        assert_eq!(*got.borrow(), [Got::Failed(Errno::ECONNREFUSED)]);
        // It goes on; there is nothing to be read, and that is all that stands.
        stream.set_reading(&mut lp, true);
        settle(&mut lp);
        assert_eq!(stream.ready(&mut lp), Ready::WRITABLE);
        assert_eq!(got.borrow().len(), 1);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
