//! How a connection attempt can end, and what becomes of that which was asked of the stream in the meantime.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Check, Errno, Loop, Phase, RunMode};

use crate::common::{Seen, close_and_end, scenario, unconnected, until, with_socket};

type Record = Seen<(&'static str, Result<(), Errno>)>;

fn attempt(address: SocketAddr) -> (OwnedFd, Result<(), Errno>) {
    let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let started = sys::connect(socket.as_fd(), address);
    (socket, started)
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    listener().1
}

#[test]
fn writes_queued_while_connecting_follow() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (listener, address) = listener();
        let (socket, started) = attempt(address);
        assert_eq!(started, Err(Errno::EINPROGRESS));
        let stream = with_socket(&mut lp, socket);
        let seen = Record::new();
        let record = seen.clone();
        stream
            .begin_connect(&mut lp, started, move |cx, stream, result| {
                record.add(("connected", result));
                assert!(!stream.is_connecting(cx));
                // What is written now stands behind what was written before.
                let record = record.clone();
                stream
                    .write(cx, b"three", move |_, _, written| {
                        record.add(("three", written.status));
                    })
                    .unwrap();
            })
            .unwrap();
        assert!(stream.is_connecting(&lp));
        let twice = stream.begin_connect(&mut lp, Ok(()), |_, _, _| ());
        assert_eq!(twice, Err(Errno::EALREADY));
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EAGAIN));
        let mut write = |bytes: &'static str| {
            let record = seen.clone();
            let done = move |_: &mut _, _, written: uvox_stream::uv::Written| {
                record.add((bytes, written.status));
            };
            stream.write(&mut lp, bytes.as_bytes(), done).unwrap()
        };
        write("one");
        write("two");
        let taken_back = write("taken back");
        taken_back.cancel(&mut lp).unwrap();
        assert_eq!(taken_back.cancel(&mut lp), Err(Errno::EBUSY));
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |_, _, got| {
                record.add(("read", got.map(|bytes| assert_eq!(bytes, b"welcome"))));
            })
            .unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(b"welcome").unwrap();
        until(&mut lp, |_| seen.len() == 6);
        let mut seen = seen.all();
        // Reading and writing are not ordered among each other.
        seen.retain(|(what, result)| *what != "read" || result.is_err());
        let expected = [
            ("taken back", Err(Errno::ECANCELED)),
            ("connected", Ok(())),
            ("one", Ok(())),
            ("two", Ok(())),
            ("three", Ok(())),
        ];
        assert_eq!(seen, expected);
        let mut got = [0; 11];
        peer.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"onetwothree");
        let again = stream.begin_connect(&mut lp, Ok(()), |_, _, _| ());
        assert_eq!(again, Err(Errno::EISCONN));
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn refused_later_and_at_once() {
    scenario(|| {
        for at_once in [false, true] {
            let mut lp = Loop::new().unwrap();
            let (socket, started) = if at_once {
                let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
                (socket, Err(Errno::ECONNREFUSED))
            } else {
                attempt(nobody())
            };
            let stream = with_socket(&mut lp, socket);
            let seen = Record::new();
            // It does not keep the loop alive, which has nothing to wait for once the attempt is over.
            let check = Check::new(&mut lp);
            lp.unref(check).unwrap();
            let record = seen.clone();
            check
                .start(&mut lp, move |cx, check| {
                    if !record.is_empty() {
                        record.add(("check", Ok(())));
                        cx.close(check, |_| ()).unwrap();
                    }
                })
                .unwrap();
            let (connected, written, shut) = (seen.clone(), seen.clone(), seen.clone());
            stream
                .begin_connect(&mut lp, started, move |cx, stream, result| {
                    assert!(cx.phase() == Phase::Poll || cx.phase() == Phase::Pending);
                    assert!(!stream.is_writable(cx) && !stream.is_readable(cx));
                    connected.add(("connected", result));
                })
                .unwrap();
            stream
                .read_start(&mut lp, |_, _, _| panic!("there was nothing to read"))
                .unwrap();
            stream
                .write(&mut lp, b"x", move |_, _, result| {
                    assert_eq!(result.bytes, 0);
                    written.add(("written", result.status));
                })
                .unwrap();
            stream
                .shutdown(&mut lp, move |_, _, result| {
                    shut.add(("shut", result.map_err(|_| Errno::ENOTCONN)));
                })
                .unwrap();
            assert_eq!((seen.len(), lp.requests()), (0, 3));
            // It ends by itself, though the stream was to be read.
            assert!(!lp.run(RunMode::Default).unwrap());
            let expected = [
                ("connected", Err(Errno::ECONNREFUSED)),
                ("written", Err(Errno::ECANCELED)),
                ("shut", Err(Errno::ENOTCONN)),
                ("check", Ok(())),
            ];
            assert_eq!(seen.all(), expected, "at once: {at_once}");
            assert_eq!(stream.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
            close_and_end(lp, &[stream]);
        }
    });
}

#[test]
fn connected_at_once_is_told_later() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let stream = with_socket(&mut lp, ours.into());
        let seen = Record::new();
        let (connected, shut) = (seen.clone(), seen.clone());
        stream
            .begin_connect(&mut lp, Ok(()), move |_, _, result| {
                connected.add(("connected", result));
            })
            .unwrap();
        // The end of what is sent waits for the connection as well.
        stream
            .shutdown(&mut lp, move |_, _, result| shut.add(("shut", result)))
            .unwrap();
        assert_eq!(seen.len(), 0, "told from inside a call");
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [("connected", Ok(())), ("shut", Ok(()))]);
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn closed_while_connecting_and_in_the_callback() {
    scenario(|| {
        for (refused, in_callback) in [(false, false), (false, true), (true, true)] {
            let mut lp = Loop::new().unwrap();
            let (_listener, address) = listener();
            let (socket, started) = attempt(if refused { nobody() } else { address });
            let stream = with_socket(&mut lp, socket);
            let seen = Seen::new();
            let (connected, written, shut) = (seen.clone(), seen.clone(), seen.clone());
            let closed = seen.clone();
            stream
                .begin_connect(&mut lp, started, move |cx, stream, result| {
                    connected.add(("connected", cx.phase() == Phase::Closing, result));
                    if in_callback {
                        cx.close(stream, move |_| closed.add(("closed", true, Ok(()))))
                            .unwrap();
                    }
                })
                .unwrap();
            stream
                .write(&mut lp, b"x", move |cx, _, result| {
                    written.add(("written", cx.phase() == Phase::Closing, result.status));
                })
                .unwrap();
            stream
                .shutdown(&mut lp, move |cx, _, result| {
                    shut.add(("shut", cx.phase() == Phase::Closing, result));
                })
                .unwrap();
            if !in_callback {
                let closed = seen.clone();
                lp.close(stream, move |_| closed.add(("closed", true, Ok(()))))
                    .unwrap();
                assert_eq!(seen.len(), 0, "told from inside a call");
            }
            assert!(!lp.run(RunMode::Default).unwrap());
            let cancelled = Err(Errno::ECANCELED);
            let how = match (refused, in_callback) {
                (_, false) => cancelled,
                (true, true) => Err(Errno::ECONNREFUSED),
                (false, true) => Ok(()),
            };
            let expected = [
                ("connected", !in_callback, how),
                ("written", true, cancelled),
                ("shut", true, cancelled),
                ("closed", true, Ok(())),
            ];
            assert_eq!(seen.all(), expected);
            close_and_end(lp, &[]);
        }
    });
}

#[test]
fn a_descriptor_that_cannot_be_watched_is_closed() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let stream = unconnected(&mut lp);
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        assert_eq!(stream.open(&mut lp, file.into()), Err(Errno::EPERM));
        assert!(!stream.is_readable(&lp));
        // It can have another one.
        let (ours, _peer) = UnixStream::pair().unwrap();
        stream.open(&mut lp, ours.into()).unwrap();
        let (other, _) = UnixStream::pair().unwrap();
        assert_eq!(stream.open(&mut lp, other.into()), Err(Errno::EBUSY));
        close_and_end(lp, &[stream]);
    });
}
