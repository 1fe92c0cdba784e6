//! The kernel's account of a TCP connection follows what happens on it.

use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

use uvox_loop::Errno;
use uvox_loop::sys::tcp_info;

use crate::common::scenario;

#[test]
fn a_connection_fares_as_the_kernel_says() {
    scenario(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        if !cfg!(target_os = "linux") {
            assert_eq!(tcp_info(client.as_fd()), Err(Errno::ENOTSUP));
            return;
        }
        let info = tcp_info(client.as_fd()).unwrap();
        assert!(info.round_trip > Duration::ZERO);
        assert!(info.retransmit_timeout > info.round_trip);
        assert!(info.congestion_window > 0 && info.segment_size > 0);
        assert_eq!((info.retransmits, info.lost), (0, 0));
    });
}

#[test]
fn only_of_tcp() {
    scenario(|| {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(tcp_info(socket.as_fd()).is_err());
    });
}
