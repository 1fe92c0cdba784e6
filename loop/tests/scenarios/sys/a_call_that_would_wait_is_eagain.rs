//! Descriptors never wait: where there is nothing to take, or no room, the error says so, and the next try succeeds.

use std::io::IoSliceMut;
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, RecvBatch};

use super::support::{connecting_to, listener, pair, readable, udp_pair};
use crate::common::scenario;

#[test]
fn a_call_that_would_wait_is_eagain() {
    scenario(|| {
        let (a, b) = pair();
        let bytes = &mut [0; 16];
        assert_eq!(sys::recv(b.as_fd(), bytes), Err(Errno::EAGAIN));
        assert_eq!(sys::peek(b.as_fd(), bytes), Err(Errno::EAGAIN));
        assert_eq!(sys::read(b.as_fd(), bytes), Err(Errno::EAGAIN));
        let into = &mut [IoSliceMut::new(bytes)];
        assert_eq!(sys::readv(b.as_fd(), into), Err(Errno::EAGAIN));
        let taken = sys::recv_descriptors(b.as_fd(), into, &mut Vec::new());
        assert_eq!(taken, Err(Errno::EAGAIN));

        let (reader, writer) = sys::pipe().unwrap();
        assert_eq!(sys::read(reader.as_fd(), bytes), Err(Errno::EAGAIN));
        sys::write(writer.as_fd(), b"now").unwrap();
        assert_eq!(sys::read(reader.as_fd(), bytes), Ok(3));

        let (_, receiver, _) = udp_pair("127.0.0.1");
        let into = &mut [IoSliceMut::new(bytes)];
        let received = sys::recvmsg(receiver.as_fd(), into, None);
        assert_eq!(received, Err(Errno::EAGAIN));
        let mut batch = RecvBatch::new(2);
        let received = batch.recv(receiver.as_fd(), bytes, 8);
        assert_eq!(received, Err(Errno::EAGAIN));
        assert_eq!(batch.iter().count(), 0);

        let (listener, address) = listener();
        assert_eq!(sys::accept(listener.as_fd()).err(), Some(Errno::EAGAIN));
        let _client = connecting_to(address);
        sys::accept(readable(&listener).as_fd()).unwrap();

        // Until the other end's buffer is full, and again when it is not.
        let block = vec![7; 1 << 16];
        let mut sent = 0;
        let full = loop {
            match sys::send(a.as_fd(), &block) {
                Ok(count) => sent += count,
                Err(errno) => break errno,
            }
        };
        assert_eq!(full, Errno::EAGAIN);
        let (mut buffer, mut received) = (block, 0);
        while received < sent {
            received += sys::recv(b.as_fd(), &mut buffer).unwrap();
        }
        assert_eq!(sys::send(a.as_fd(), b"more"), Ok(4));
    });
}
