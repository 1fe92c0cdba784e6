//! A handle without a socket, with one, on one from elsewhere, and in pairs: all are streams.

use std::io::{Read, Write};
use std::net::TcpListener;

use uvox_loop::sys::Domain;
use uvox_loop::{Errno, Key, Loop, RunMode};
use uvox_stream::uv::Stream;
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, hosts, scenario, until};

#[test]
fn without_a_socket() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let info = lp.info(tcp).unwrap();
        assert_eq!((info.kind, info.fd, info.active), ("tcp", None, false));
        assert!(!lp.alive());
        assert_eq!(Stream::from(tcp), tcp.stream());
        assert_eq!(Tcp::from_key(tcp), tcp);
        assert!(format!("{tcp:?}").contains(&Key::from(tcp).to_string()));
        assert_eq!(tcp.read_start(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        assert_eq!(tcp.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        assert_eq!(
            tcp.write(&mut lp, b"x", |_, _, _| ()).err(),
            Some(Errno::EBADF)
        );
        assert_eq!(tcp.into_owned_fd(&mut lp).err(), Some(Errno::EBADF));
        assert_eq!(tcp.simultaneous_accepts(&mut lp, true), Ok(()));
        close_and_end(lp, &[tcp]);
    });
}

#[test]
fn with_a_socket_at_once() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let domain = if host.is_ipv6() {
                Domain::IPV6
            } else {
                Domain::IPV4
            };
            let tcp = Tcp::with_socket(&mut lp, domain).unwrap();
            let own = tcp.getsockname(&mut lp).unwrap();
            assert_eq!((own.is_ipv6(), own.port()), (host.is_ipv6(), 0));
            assert_eq!(tcp.read_start(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
            tcp.listen(&mut lp, 1, |_, _, _| ()).unwrap();
            assert_ne!(tcp.getsockname(&mut lp).unwrap().port(), 0);
            close_and_end(lp, &[tcp]);
        }
    });
}

#[test]
fn on_a_socket_from_elsewhere() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let server = TcpListener::bind((host, 0)).unwrap();
            let address = server.local_addr().unwrap();
            let listening = Tcp::new(&mut lp);
            listening.open(&mut lp, server.into()).unwrap();
            let accepted = Seen::new();
            let record = accepted.clone();
            listening
                .listen(&mut lp, 8, move |cx, _, connection| {
                    record.add(Tcp::accept(cx, connection.unwrap()).unwrap());
                })
                .unwrap();
            let mut peer = std::net::TcpStream::connect(address).unwrap();
            until(&mut lp, |_| !accepted.is_empty());
            let theirs = accepted.all()[0];
            assert_eq!(theirs.getpeername(&mut lp), Ok(peer.local_addr().unwrap()));

            let opened = Tcp::new(&mut lp);
            opened
                .open(&mut lp, peer.try_clone().unwrap().into())
                .unwrap();
            let other = peer.try_clone().unwrap();
            assert_eq!(opened.open(&mut lp, other.into()), Err(Errno::EBUSY));
            theirs
                .write(&mut lp, b"to the one who reads", |_, _, _| ())
                .unwrap();
            let got = Seen::new();
            let record = got.clone();
            opened
                .read_start(&mut lp, move |_, _, data| {
                    record.add(data.map(<[u8]>::to_vec));
                })
                .unwrap();
            until(&mut lp, |_| !got.is_empty());
            assert_eq!(got.all(), [Ok(b"to the one who reads".to_vec())]);
            // The peer's own descriptor is still the peer's.
            peer.set_nonblocking(false).unwrap();
            peer.write_all(b"x").unwrap();
            close_and_end(lp, &[listening, theirs, opened]);
        }
    });
}

#[test]
fn in_pairs() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Tcp::pair(&mut lp).unwrap();
        for (from, to) in [(one, other), (other, one)] {
            from.write(&mut lp, b"across", |_, _, _| ()).unwrap();
            from.shutdown(&mut lp, |_, _, result| result.unwrap())
                .unwrap();
            let got = Seen::new();
            let record = got.clone();
            to.read_start(&mut lp, move |_, _, data| {
                record.add(data.map(<[u8]>::to_vec))
            })
            .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(got.all(), [Ok(b"across".to_vec()), Err(Errno::EOF)]);
        }
        // They are connected, but not by TCP.
        assert_eq!(one.getsockname(&mut lp), Err(Errno::EAFNOSUPPORT));
        assert!(one.nodelay(&mut lp, true).is_err());
        close_and_end(lp, &[one, other]);
    });
}

#[test]
fn a_stolen_file_is_none() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let file = std::fs::File::open("/dev/null").unwrap();
        assert!(tcp.open(&mut lp, file.into()).is_err());
        // It can have a socket still.
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        tcp.open(&mut lp, server.into()).unwrap();
        let mut peer = std::net::TcpStream::connect(tcp.getsockname(&mut lp).unwrap()).unwrap();
        tcp.listen(&mut lp, 1, |cx, tcp, connection| {
            drop(connection.unwrap());
            cx.close(tcp, |_| ()).unwrap();
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
        close_and_end(lp, &[]);
    });
}
