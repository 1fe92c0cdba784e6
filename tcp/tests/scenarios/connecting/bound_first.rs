//! A handle that was bound connects from the address it was bound to.

use std::net::TcpListener;
use std::os::fd::AsFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Loop, RunMode};
use uvox_tcp::uv::{BindFlags, Tcp};

use crate::common::{Seen, any_port, close_and_end, hosts, scenario};

#[test]
fn bind_then_connect() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let listener = TcpListener::bind((host, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            let tcp = Tcp::new(&mut lp);
            tcp.bind(&mut lp, any_port(host), BindFlags::NONE).unwrap();
            let own = tcp.getsockname(&mut lp).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            tcp.connect(&mut lp, address, move |cx, tcp, result| {
                result.unwrap();
                record.add((tcp.getsockname(cx), tcp.getpeername(cx)));
            })
            .unwrap();
            assert!(tcp.is_connecting(&lp) && lp.requests() == 1);
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [(Ok(own), Ok(address))]);
            assert_eq!(listener.accept().unwrap().1, own);
            close_and_end(lp, &[tcp]);
        }
    });
}

/// Also if it was somebody else who made the socket, and bound it.
#[test]
fn a_socket_from_elsewhere() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let listener = TcpListener::bind((host, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            let socket = sys::socket(Domain::for_address(address), Type::STREAM, None).unwrap();
            sys::bind(socket.as_fd(), any_port(host)).unwrap();
            let tcp = Tcp::new(&mut lp);
            tcp.open(&mut lp, socket).unwrap();
            let own = tcp.getsockname(&mut lp).unwrap();
            // What the kernel says of a socket without a connection is no news of one.
            lp.run(RunMode::NoWait).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            tcp.connect(&mut lp, address, move |cx, tcp, result| {
                record.add((result, tcp.getpeername(cx)));
                tcp.write(cx, b"x", |_, _, written| written.status.unwrap())
                    .unwrap();
            })
            .unwrap();
            assert!(tcp.is_connecting(&lp));
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [(Ok(()), Ok(address))]);
            assert_eq!(listener.accept().unwrap().1, own);
            close_and_end(lp, &[tcp]);
        }
    });
}
