//! An attempt fails, or a connection breaks, and its callback connects again with the same handle: what is asked of the new attempt is the new attempt's,
//! what was asked of the old one is not, and what the kernel said of the old one says nothing of the new one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use uvox_loop::sys::{self, Domain, SockRef, Type};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::{BindFlags, Tcp};
use uvox_testing::{tcp_pair, turns_in};

use crate::common::{Seen, close_and_end, hosts, listener, nobody, scenario, until};

type Record = Seen<(&'static str, Result<(), Errno>)>;

fn server() -> (TcpListener, SocketAddr) {
    let server = TcpListener::bind((hosts()[0], 0)).unwrap();
    let address = server.local_addr().unwrap();
    (server, address)
}

#[test]
fn what_is_asked_waits_for_the_new_attempt() {
    scenario(|| {
        for writes in [false, true] {
            let mut lp = Loop::new().unwrap();
            let (server, address) = server();
            let tcp = Tcp::new(&mut lp);
            let seen = Record::new();
            let (record, lost) = (seen.clone(), seen.clone());
            tcp.connect(&mut lp, nobody(hosts()[0]), move |cx, tcp, result| {
                record.add(("refused", result));
                let (second, written, shut) = (record.clone(), record.clone(), record.clone());
                tcp.connect(cx, address, move |_, _, result| {
                    second.add(("connected", result));
                })
                .unwrap();
                if writes {
                    let told = move |_: &mut _, _, result: uvox_stream::uv::Written| {
                        written.add(("written", result.status));
                    };
                    tcp.write(cx, b"hello", told).unwrap();
                }
                tcp.shutdown(cx, move |_, _, result| shut.add(("shut", result)))
                    .unwrap();
            })
            .unwrap();
            tcp.write(&mut lp, b"lost", move |_, _, result| {
                lost.add(("lost", result.status));
            })
            .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            let mut expected = vec![
                ("refused", Err(Errno::ECONNREFUSED)),
                ("lost", Err(Errno::ECANCELED)),
                ("connected", Ok(())),
                ("written", Ok(())),
                ("shut", Ok(())),
            ];
            expected.retain(|(what, _)| writes || *what != "written");
            assert_eq!(seen.all(), expected);
            let mut got = Vec::new();
            server.accept().unwrap().0.read_to_end(&mut got).unwrap();
            assert_eq!(got, if writes { &b"hello"[..] } else { b"" });
            close_and_end(lp, &[tcp]);
        }
    });
}

/// A listener that answers nobody any more, for its backlog is full.
fn silent() -> (Vec<OwnedFd>, SocketAddr) {
    let socket = || sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let mut sockets = vec![socket()];
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    sys::bind(sockets[0].as_fd(), any).unwrap();
    sys::listen(sockets[0].as_fd(), 0).unwrap();
    let name = sys::getsockname(sockets[0].as_fd()).unwrap();
    let address = name.ip().unwrap();
    for _ in 0..4 {
        let client = socket();
        let started = sys::connect(client.as_fd(), address);
        assert_eq!(started, Err(Errno::EINPROGRESS));
        sockets.push(client);
    }
    (sockets, address)
}

/// The kernel reports of the socket whose attempt failed in the same turn in which the next one begins.
#[test]
fn what_was_said_of_the_old_one() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (_silent, address) = silent();
        let (taken, used) = listener(&mut lp, [127, 0, 0, 1].into(), |_, _, _| ());
        let (ours, mut peer) = tcp_pair();
        let other = Tcp::new(&mut lp);
        other.open(&mut lp, ours.into()).unwrap();
        let tcp = Tcp::new(&mut lp);
        tcp.bind(&mut lp, used, BindFlags::NONE).unwrap();
        let seen = Record::new();
        let record = seen.clone();
        other
            .read_start(&mut lp, move |cx, _, _| {
                let record = record.clone();
                record.add(("again", Ok(())));
                tcp.connect(cx, address, move |_, _, result| {
                    record.add(("connected", result));
                })
                .unwrap();
            })
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        peer.write_all(b"x").unwrap();
        let record = seen.clone();
        tcp.connect(&mut lp, address, move |_, _, result| {
            record.add(("bound", result));
        })
        .unwrap();
        turns_in(&mut lp, Duration::from_millis(20));
        let expected = [("bound", Err(Errno::EADDRINUSE)), ("again", Ok(()))];
        assert_eq!(seen.all(), expected);
        assert!(tcp.is_connecting(&lp));
        close_and_end(lp, &[tcp, other, taken]);
    });
}

/// What was queued for a peer that broke the connection off does not go to the next one.
#[test]
fn what_was_queued_for_another() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (server, address) = server();
        let tcp = Tcp::new(&mut lp);
        tcp.connect(&mut lp, address, |_, _, result| result.unwrap())
            .unwrap();
        let (peer, _) = server.accept().unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let seen = Record::new();
        for name in ["one", "two"] {
            let record = seen.clone();
            tcp.write(&mut lp, &vec![1; 1 << 25], move |_, _, result| {
                record.add((name, result.status));
            })
            .unwrap();
        }
        let record = seen.clone();
        tcp.read_start(&mut lp, move |cx, stream, got| {
            record.add(("read", got.map(drop)));
            let (connected, written) = (record.clone(), record.clone());
            let tcp = Tcp::from_key(stream);
            tcp.connect(cx, address, move |_, _, result| {
                connected.add(("connected", result));
            })
            .unwrap();
            tcp.write(cx, b"new", move |_, _, result| {
                written.add(("new", result.status));
            })
            .unwrap();
        })
        .unwrap();
        SockRef::from(&peer)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(peer);
        until(&mut lp, |_| seen.len() == 5);
        let expected = [
            ("read", Err(Errno::ECONNRESET)),
            ("one", Err(Errno::ECANCELED)),
            ("two", Err(Errno::ECANCELED)),
            ("connected", Ok(())),
            ("new", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        let (mut peer, _) = server.accept().unwrap();
        close_and_end(lp, &[tcp]);
        let mut got = Vec::new();
        peer.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"new");
    });
}

/// The callback panics: what was asked of the attempt ends or goes on as it would have.
#[test]
fn the_callback_panics() {
    scenario(|| {
        for refused in [true, false] {
            let mut lp = Loop::new().unwrap();
            let (server, address) = server();
            let address = if refused { nobody(hosts()[0]) } else { address };
            let tcp = Tcp::new(&mut lp);
            let seen = Record::new();
            tcp.connect(&mut lp, address, |_, _, _| panic!("on purpose"))
                .unwrap();
            let record = seen.clone();
            tcp.read_start(&mut lp, move |_, _, got| {
                record.add(("read", got.map(drop)))
            })
            .unwrap();
            for name in ["one", "two"] {
                let record = seen.clone();
                tcp.write(&mut lp, b"x", move |_, _, result| {
                    record.add((name, result.status));
                })
                .unwrap();
            }
            let peer: Option<TcpStream> = (!refused).then(|| server.accept().unwrap().0);
            if let Some(mut peer) = peer.as_ref() {
                peer.write_all(b"x").unwrap();
            }
            while catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Once))).is_ok() {}
            let expected = if refused {
                let cancelled = Err(Errno::ECANCELED);
                vec![("one", cancelled), ("two", cancelled)]
            } else {
                vec![("one", Ok(())), ("read", Ok(())), ("two", Ok(()))]
            };
            until(&mut lp, |_| seen.len() == expected.len());
            let mut seen = seen.all();
            seen.sort_by_key(|(what, _)| *what);
            assert_eq!(seen, expected);
            close_and_end(lp, &[tcp]);
        }
    });
}
