//! What a handle can be bound to, what it says of it, and what is refused at once.

use std::net::{SocketAddr, SocketAddrV6, TcpStream};

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Domain};
use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::{BindFlags, Tcp};

use crate::common::{any_port, asked, close_and_end, has_ipv6, hosts, listener, scenario};

const NONE: BindFlags = BindFlags::NONE;

#[test]
fn a_bound_handle_knows_its_port() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let tcp = Tcp::new(&mut lp);
            assert_eq!(tcp.getsockname(&mut lp), Err(Errno::EBADF));
            assert_eq!(tcp.getpeername(&mut lp), Err(Errno::EBADF));
            tcp.bind(&mut lp, any_port(host), NONE).unwrap();
            let address = tcp.getsockname(&mut lp).unwrap();
            assert_eq!(address.ip(), host);
            assert_ne!(address.port(), 0);
            assert_eq!(tcp.getpeername(&mut lp), Err(Errno::ENOTCONN));
            assert!(asked(&mut lp, tcp, |socket| socket
                .reuse_address()
                .unwrap()));
            // A handle that is only bound keeps nobody.
            assert!(!lp.alive());
            assert_eq!(
                tcp.bind(&mut lp, any_port(host), NONE),
                Err(Errno::EINVAL),
                "twice"
            );
            close_and_end(lp, &[tcp]);
        }
    });
}

#[test]
fn refused_at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let v4 = any_port([127, 0, 0, 1]);
        let tcp = Tcp::new(&mut lp);
        assert_eq!(
            tcp.bind(&mut lp, v4, BindFlags::IPV6_ONLY),
            Err(Errno::EINVAL)
        );
        assert!(tcp.fd(&mut lp).is_none(), "that needed no socket");
        // An address from the range that is for documents.
        let elsewhere = any_port([192, 0, 2, 200]);
        assert_eq!(
            tcp.bind(&mut lp, elsewhere, NONE),
            Err(Errno::EADDRNOTAVAIL)
        );
        let faults = fault::plan([Fault::new("bind", 1, Effect::Fail(Errno::EACCES))]);
        assert_eq!(tcp.bind(&mut lp, v4, NONE), Err(Errno::EACCES));
        assert_eq!(faults.left(), 0);
        // None of that was kept.
        tcp.bind(&mut lp, v4, NONE).unwrap();
        tcp.getsockname(&mut lp).unwrap();

        let faults = fault::plan([Fault::new("socket", 1, Effect::Fail(Errno::EMFILE))]);
        let poor = Tcp::new(&mut lp);
        assert_eq!(poor.bind(&mut lp, v4, NONE), Err(Errno::EMFILE));
        assert_eq!(faults.left(), 0);
        assert_eq!(
            Tcp::with_socket(&mut lp, Domain::UNIX).err(),
            Some(Errno::EINVAL)
        );
        close_and_end(lp, &[tcp, poor]);
    });
}

#[test]
fn the_family_of_the_socket_counts() {
    scenario(|| {
        if !has_ipv6() {
            return;
        }
        let mut lp = Loop::new().unwrap();
        let (v4, v6) = (any_port([127, 0, 0, 1]), any_port([0, 0, 0, 0, 0, 0, 0, 1]));
        let four = Tcp::with_socket(&mut lp, Domain::IPV4).unwrap();
        let six = Tcp::with_socket(&mut lp, Domain::IPV6).unwrap();
        assert_eq!(six.bind(&mut lp, v4, NONE), Err(Errno::EINVAL));
        let refused = four.bind(&mut lp, v6, NONE).unwrap_err();
        assert!([Errno::EINVAL, Errno::ENOPROTOOPT].contains(&refused));
        four.bind(&mut lp, v4, NONE).unwrap();
        six.bind(&mut lp, v6, NONE).unwrap();
        close_and_end(lp, &[four, six]);
    });
}

/// IPv6's own port is IPv4's, too, unless it is said to be IPv6's only.
#[test]
fn ipv6_only_leaves_the_port_to_ipv4() {
    scenario(|| {
        if !has_ipv6() {
            return;
        }
        assert!((0..PORTS).all(|_| !leaves_the_port(NONE)));
        assert!((0..PORTS).any(|_| leaves_the_port(BindFlags::IPV6_ONLY)));
    });
}

/// A port that is IPv6's only may be that of somebody else with IPv4, another process's, so one is not enough.
const PORTS: usize = 16;

/// Whether IPv4 has a port, which the kernel chose, that IPv6 listens on.
fn leaves_the_port(flags: BindFlags) -> bool {
    let mut lp = Loop::new().unwrap();
    let six = Tcp::new(&mut lp);
    six.bind(&mut lp, any_port([0u16; 8]), flags).unwrap();
    six.listen(&mut lp, 8, |_, _, _| ()).unwrap();
    assert_eq!(
        asked(&mut lp, six, |socket| socket.only_v6().unwrap()),
        flags == BindFlags::IPV6_ONLY
    );
    let port = six.getsockname(&mut lp).unwrap().port();
    let is_refused = TcpStream::connect(("127.0.0.1", port)).is_err();
    let four = Tcp::new(&mut lp);
    four.bind(&mut lp, ([0, 0, 0, 0], port).into(), NONE)
        .unwrap();
    let listens = four.listen(&mut lp, 8, |_, _, _| ());
    assert!(listens.is_ok() || listens == Err(Errno::EADDRINUSE));
    close_and_end(lp, &[six, four]);
    is_refused && listens.is_ok()
}

/// A link-local address is one of an interface's, and stays so.
#[test]
fn a_scope_is_kept() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let own = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
        // Address, interface, prefix, scope, flags (of which one says that it is not to be used yet), name.
        let local = own.lines().find_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let address = u128::from_str_radix(words.first()?, 16).ok()?;
            let scope = u32::from_str_radix(words.get(1)?, 16).ok()?;
            let flags = u32::from_str_radix(words.get(4)?, 16).ok()?;
            let usable = line.starts_with("fe80") && flags & 0x48 == 0;
            usable.then(|| SocketAddrV6::new(address.into(), 0, 0, scope))
        });
        match local {
            None => println!("this machine has no link-local address"),
            Some(local) => {
                tcp.bind(&mut lp, local.into(), NONE).unwrap();
                let SocketAddr::V6(bound) = tcp.getsockname(&mut lp).unwrap() else {
                    panic!("not IPv6");
                };
                assert_eq!(
                    (bound.ip(), bound.scope_id()),
                    (local.ip(), local.scope_id())
                );
                // Without one, nobody knows which interface is meant.
                let vague = SocketAddrV6::new(*local.ip(), 0, 0, 0);
                let other = Tcp::new(&mut lp);
                assert_eq!(other.bind(&mut lp, vague.into(), NONE), Err(Errno::EINVAL));
                lp.close(other, |_| ()).unwrap();
            }
        }
        close_and_end(lp, &[tcp]);
    });
}

#[test]
fn an_address_asked_of_both_ends() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (server, address) = listener(&mut lp, host, |_, _, _| ());
            let (ours, theirs) = crate::common::connected(&mut lp, host);
            let own = ours.getsockname(&mut lp).unwrap();
            assert_eq!(theirs.getpeername(&mut lp), Ok(own));
            assert_eq!(
                ours.getpeername(&mut lp),
                theirs.getsockname(&mut lp),
                "{address}"
            );
            assert_eq!(server.getpeername(&mut lp), Err(Errno::ENOTCONN));
            close_and_end(lp, &[server, ours, theirs]);
        }
    });
}

/// What a listener that is closed leaves behind does not keep its port from the next one.
#[test]
fn a_port_is_free_again_at_once() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = crate::common::connected(&mut lp, host);
            // The end that closes first lingers in the kernel.
            let address = theirs.getsockname(&mut lp).unwrap();
            lp.close(theirs, |_| ()).unwrap();
            let next = Tcp::new(&mut lp);
            next.bind(&mut lp, address, NONE).unwrap();
            next.listen(&mut lp, 1, |_, _, _| ()).unwrap();
            assert_eq!(next.getsockname(&mut lp), Ok(address));
            assert!(sys::getpeername(ours.fd(&mut lp).unwrap()).is_ok());
            close_and_end(lp, &[ours, next]);
        }
    });
}
