//! After one direction has ended, the other goes on.

use std::net::Shutdown;
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type};

use super::support::{readable, tcp_pair};
use crate::common::scenario;

#[test]
fn one_direction_is_shut_down() {
    scenario(|| {
        let (client, server) = tcp_pair();
        sys::send(client.as_fd(), b"last words").unwrap();
        sys::shutdown(client.as_fd(), Shutdown::Write).unwrap();
        assert_eq!(sys::send(client.as_fd(), b"x"), Err(Errno::EPIPE));

        let bytes = &mut [0; 16];
        assert_eq!(sys::recv(readable(&server).as_fd(), bytes), Ok(10));
        assert_eq!(sys::recv(readable(&server).as_fd(), bytes), Ok(0));
        sys::send(server.as_fd(), b"answer").unwrap();
        assert_eq!(sys::recv(readable(&client).as_fd(), bytes), Ok(6));

        let alone = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let refused = sys::shutdown(alone.as_fd(), Shutdown::Both);
        assert_eq!(refused, Err(Errno::ENOTCONN));
    });
}
