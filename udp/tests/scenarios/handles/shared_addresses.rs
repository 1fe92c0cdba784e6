//! Several handles have one address, if all of them want that; and IPv6 alone leaves the port to IPv4.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{BindFlags, Udp};

use crate::common::{any_port, close_and_end, hosts, listen, ok, scenario, until};

#[test]
fn shared_addresses() {
    scenario(|| {
        for flags in [BindFlags::REUSE_ADDRESS, BindFlags::REUSE_PORT] {
            let mut lp = Loop::new().unwrap();
            let [first, second, greedy] = [(); 3].map(|()| Udp::new(&mut lp));
            match first.bind(&mut lp, any_port(Ipv4Addr::LOCALHOST), flags) {
                Err(Errno::ENOTSUP) if cfg!(not(target_os = "linux")) => {
                    close_and_end(lp, &[first, second, greedy]);
                    continue;
                }
                result => result.unwrap(),
            }
            let address = first.getsockname(&mut lp).unwrap();
            second.bind(&mut lp, address, flags).unwrap();
            let alone = greedy.bind(&mut lp, address, BindFlags::NONE);
            assert_eq!(alone, Err(Errno::EADDRINUSE));
            // Each datagram goes to one of them.
            let heard = [first, second].map(|udp| listen(&mut lp, udp));
            for _ in 0..10 {
                let sender = Udp::new(&mut lp);
                sender.send(&mut lp, b"x", address, ok).unwrap();
                crate::common::close(&mut lp, sender);
            }
            until(&mut lp, |_| heard[0].len() + heard[1].len() == 10);
            close_and_end(lp, &[first, second, greedy]);
        }
    });
}

#[test]
fn ipv6_alone() {
    scenario(|| {
        if hosts().len() < 2 {
            return;
        }
        let mut lp = Loop::new().unwrap();
        let [six, four] = [(); 2].map(|()| Udp::new(&mut lp));
        let any = any_port(Ipv6Addr::UNSPECIFIED);
        six.bind(&mut lp, any, BindFlags::IPV6_ONLY).unwrap();
        let port = six.getsockname(&mut lp).unwrap().port();
        let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        four.bind(&mut lp, any, BindFlags::NONE).unwrap();
        close_and_end(lp, &[six, four]);
    });
}

/// One of both versions hears both.
#[test]
#[cfg_attr(target_os = "openbsd", ignore = "its sockets are of one version")]
fn of_both_versions() {
    scenario(|| {
        if hosts().len() < 2 {
            return;
        }
        let mut lp = Loop::new().unwrap();
        let udp = Udp::new(&mut lp);
        udp.bind(&mut lp, any_port(Ipv6Addr::UNSPECIFIED), BindFlags::NONE)
            .unwrap();
        let port = udp.getsockname(&mut lp).unwrap().port();
        let heard = listen(&mut lp, udp);
        let senders = hosts().into_iter().map(|host| {
            let sender = Udp::new(&mut lp);
            let to = SocketAddr::from((host, port));
            sender.send(&mut lp, b"x", to, ok).unwrap();
            sender
        });
        let mut handles: Vec<Udp> = senders.collect();
        until(&mut lp, |_| heard.len() == 2);
        handles.push(udp);
        close_and_end(lp, &handles);
    });
}
