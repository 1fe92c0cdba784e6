//! Only Linux has a queue of errors; elsewhere that is said.

#![cfg(not(target_os = "linux"))]

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type};

use super::support::bound;
use crate::common::scenario;

#[test]
fn where_there_is_no_queue_of_errors() {
    scenario(|| {
        let (socket, _) = bound("127.0.0.1", Type::DGRAM);
        let on = sys::receive_errors(socket.as_fd(), Domain::IPV4, true);
        assert_eq!(on, Err(Errno::ENOTSUP));
        let error = sys::recv_error(socket.as_fd(), &mut [0]);
        assert_eq!(error, Err(Errno::ENOTSUP));
    });
}
