//! A listener that was not bound is on every IPv4 address of the machine, on a port of the kernel's choosing.

use std::net::{Ipv4Addr, TcpStream};

use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::{BindFlags, Tcp};

use crate::common::{Seen, any_port, close_and_end, hosts, listener, scenario, until};

#[test]
fn listen_without_bind() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let seen = Seen::new();
        let record = seen.clone();
        tcp.listen(&mut lp, 8, move |cx, tcp, connection| {
            let peer = Tcp::accept(cx, connection.unwrap()).unwrap();
            assert!(tcp.is_listening(cx) && peer.is_readable(cx) && peer.is_writable(cx));
            record.add(peer);
        })
        .unwrap();
        let address = tcp.getsockname(&mut lp).unwrap();
        assert_eq!(address.ip(), Ipv4Addr::UNSPECIFIED);
        assert!(lp.is_active(tcp) && lp.alive());
        let bound = tcp.bind(&mut lp, any_port([127, 0, 0, 1]), BindFlags::NONE);
        assert_eq!(bound, Err(Errno::EINVAL));
        let peers = [[127, 0, 0, 1], [127, 0, 0, 2]]
            .map(|host| TcpStream::connect((Ipv4Addr::from(host), address.port())).unwrap());
        until(&mut lp, |_| seen.len() == peers.len());
        let [one, other] = seen.all()[..] else {
            panic!("there are two");
        };
        close_and_end(lp, &[tcp, one, other]);
    });
}

/// Whoever listens again goes on with the new callback.
#[test]
fn listen_twice() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let seen = Seen::new();
            let (tcp, address) = listener(&mut lp, host, |_, _, _| panic!("it was replaced"));
            let record = seen.clone();
            tcp.listen(&mut lp, 16, move |_, _, connection| {
                connection.unwrap();
                record.add("again");
            })
            .unwrap();
            let _peer = TcpStream::connect(address).unwrap();
            until(&mut lp, |_| !seen.is_empty());
            close_and_end(lp, &[tcp]);
        }
    });
}
