//! Several listeners on one port, all of which asked for it: the kernel gives each connection to one of them.

use std::net::TcpStream;

use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::{BindFlags, Tcp};

use crate::common::{Seen, any_port, close_and_end, hosts, scenario, until};

#[test]
fn connections_are_shared() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let accepted = Seen::new();
            let mut address = any_port(host);
            let mut listeners = Vec::new();
            for number in 0..2 {
                let tcp = Tcp::new(&mut lp);
                let bound = tcp.bind(&mut lp, address, BindFlags::REUSE_PORT);
                if cfg!(not(any(target_os = "linux", target_os = "freebsd"))) {
                    assert_eq!(bound, Err(Errno::ENOTSUP));
                    return;
                }
                bound.unwrap();
                let record = accepted.clone();
                tcp.listen(&mut lp, 64, move |_, _, connection| {
                    connection.unwrap();
                    record.add(number);
                })
                .unwrap();
                address = tcp.getsockname(&mut lp).unwrap();
                listeners.push(tcp);
            }
            let selfish = Tcp::new(&mut lp);
            selfish.bind(&mut lp, address, BindFlags::NONE).unwrap();
            assert_eq!(
                selfish.listen(&mut lp, 1, |_, _, _| ()),
                Err(Errno::EADDRINUSE)
            );
            listeners.push(selfish);

            let peers: Vec<_> = (0..32)
                .map(|_| TcpStream::connect(address).unwrap())
                .collect();
            until(&mut lp, |_| accepted.len() == peers.len());
            close_and_end(lp, &listeners);
        }
    });
}

#[test]
fn flags_are_bits() {
    let both = BindFlags::IPV6_ONLY | BindFlags::REUSE_PORT;
    assert!(both.contains(BindFlags::IPV6_ONLY) && both.contains(BindFlags::NONE));
    assert!(!BindFlags::IPV6_ONLY.contains(both));
    assert_eq!(BindFlags::from_bits(u32::MAX), both);
    assert_eq!((both.bits(), BindFlags::default().bits()), (3, 0));
}
