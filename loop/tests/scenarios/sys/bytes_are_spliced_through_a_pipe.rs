//! Bytes go from socket to socket within the kernel, by way of a pipe.

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys;
use uvox_loop::sys::fault::{self, Effect, Fault};

use super::support::{pair, readable, tcp_pair};
use crate::common::scenario;

#[test]
fn bytes_are_spliced_through_a_pipe() {
    scenario(|| {
        let (reader, writer) = sys::pipe().unwrap();
        let (client, server) = tcp_pair();
        let (to, from) = pair();
        if !cfg!(target_os = "linux") {
            let refused = sys::splice(server.as_fd(), writer.as_fd(), 1);
            assert_eq!(refused, Err(Errno::ENOSYS));
            return;
        }
        let empty = sys::splice(server.as_fd(), writer.as_fd(), 64);
        assert_eq!(empty, Err(Errno::EAGAIN));
        sys::send(client.as_fd(), b"by way of a pipe").unwrap();
        readable(&server);
        let faults = fault::plan([Fault::new("splice", 1, Effect::Short(3)).on(&server)]);
        assert_eq!(sys::splice(server.as_fd(), writer.as_fd(), 64), Ok(3));
        assert_eq!(faults.left(), 0);
        assert_eq!(sys::splice(server.as_fd(), writer.as_fd(), 64), Ok(13));
        assert_eq!(sys::splice(reader.as_fd(), to.as_fd(), 64), Ok(16));
        let bytes = &mut [0; 64];
        assert_eq!(sys::recv(from.as_fd(), bytes), Ok(16));
        assert_eq!(&bytes[..16], b"by way of a pipe");

        let neither = sys::splice(server.as_fd(), to.as_fd(), 1);
        assert_eq!(neither, Err(Errno::EINVAL), "one must be a pipe");
        drop(client);
        readable(&server);
        assert_eq!(sys::splice(server.as_fd(), writer.as_fd(), 64), Ok(0));
    });
}
