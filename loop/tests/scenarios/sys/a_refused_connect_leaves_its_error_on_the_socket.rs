//! A connection attempt that nobody answers ends with the reason, asked for once.

use std::os::fd::AsFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Interest};

use super::support::{nobody, wait};
use crate::common::scenario;

#[test]
fn a_refused_connect_leaves_its_error_on_the_socket() {
    scenario(|| {
        let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        match sys::connect(socket.as_fd(), nobody()) {
            Err(Errno::EINPROGRESS) => {
                wait(&socket, Interest::WRITABLE);
                let error = sys::take_error(socket.as_fd()).unwrap();
                assert_eq!(error, Some(Errno::ECONNREFUSED));
            }
            // Some systems know at once that nobody listens on their own loopback.
            result => assert_eq!(result, Err(Errno::ECONNREFUSED)),
        }
        assert_eq!(sys::take_error(socket.as_fd()), Ok(None));
        assert_eq!(sys::getpeername(socket.as_fd()), Err(Errno::ENOTCONN));

        let directory = tempfile::tempdir().unwrap();
        let path = sys::UnixAddr::from_path(directory.path().join("none")).unwrap();
        let socket = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
        assert_eq!(sys::connect(socket.as_fd(), path), Err(Errno::ENOENT));
        sys::bind(socket.as_fd(), path).unwrap();
        let other = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
        assert_eq!(sys::connect(other.as_fd(), path), Err(Errno::ECONNREFUSED));
    });
}
