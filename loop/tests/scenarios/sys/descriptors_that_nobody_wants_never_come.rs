//! Descriptors that come with bytes are left to the kernel to discard: this process never has them, and learns, where the system tells, that a read stopped
//! behind them.

use std::io::IoSlice;
use std::os::fd::AsFd;

use uvox_loop::sys;
use uvox_loop::{Errno, sys::fault};

use super::support::pair;
use crate::common::scenario;

#[test]
fn descriptors_that_nobody_wants_never_come() {
    scenario(|| {
        let (a, b) = pair();
        let (reader, writer) = sys::pipe().unwrap();
        let passed = [writer.as_fd(), writer.as_fd()];
        let send = |bytes: &[u8]| sys::send(a.as_fd(), bytes).unwrap();
        send(b"some");
        sys::send_descriptors(a.as_fd(), &[IoSlice::new(b"with")], &passed).unwrap();
        send(b"more");
        send(b"last");
        drop(writer);
        let buffer = &mut [0; 64];
        let (mut got, mut stops) = (Vec::new(), Vec::new());
        let interrupted = fault::Effect::Fail(Errno::EINTR);
        let faults =
            fault::plan(["recv", "recvmsg"].map(|name| fault::Fault::new(name, 1, interrupted)));
        while got.len() < 16 {
            let received = sys::recv_discarding(b.as_fd(), buffer).unwrap();
            got.extend_from_slice(&buffer[..received.count]);
            stops.push((got.len(), received.control_truncated));
        }
        assert!(faults.left() < 2);
        assert_eq!(got, b"somewithmorelast");
        if cfg!(target_os = "linux") {
            assert_eq!(stops, [(8, true), (16, false)]);
        } else {
            assert!(stops.iter().all(|(_, stopped)| *stopped));
        }
        let empty = sys::recv_discarding(b.as_fd(), buffer);
        assert_eq!(empty, Err(Errno::EAGAIN));
        // Nobody has the other end of the pipe any more.
        assert_eq!(sys::read(reader.as_fd(), buffer), Ok(0));
        drop(a);
        assert_eq!(sys::recv_discarding(b.as_fd(), buffer).unwrap().count, 0);
    });
}
