//! The callback that is told of a connection closes what it likes, and is not called again if that is the listener.

use std::io::Read;
use std::net::TcpStream;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close, close_and_end, hosts, listener, scenario};

#[test]
fn the_listener_with_others_waiting() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            let (server, address) = listener(&mut lp, host, move |cx, server, connection| {
                record.add("connection");
                let closed = record.clone();
                cx.close(server, move |_| closed.add("closed")).unwrap();
                assert!(server.fd(cx).is_none());
                assert_eq!(server.pause_accept(cx), Err(Errno::EINVAL));
                // The connection itself lives on.
                let peer = Tcp::accept(cx, connection.unwrap()).unwrap();
                peer.write(cx, b"welcome", |cx, peer, _| close(cx, peer))
                    .unwrap();
            });
            let mut peers = [(); 3].map(|()| TcpStream::connect(address).unwrap());
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), ["connection", "closed"]);
            let mut got = String::new();
            peers[0].read_to_string(&mut got).unwrap();
            assert_eq!(got, "welcome");
            for other in &mut peers[1..] {
                assert!(!matches!(other.read(&mut [0]), Ok(1..)));
            }
            assert_eq!(server.getsockname(&mut lp), Err(Errno::EBADF));
            close_and_end(lp, &[]);
        }
    });
}

#[test]
fn the_connection() {
    scenario(|| {
        for host in hosts() {
            for as_handle in [false, true] {
                let mut lp = Loop::new().unwrap();
                let seen = Seen::new();
                let record = seen.clone();
                let (server, address) = listener(&mut lp, host, move |cx, server, connection| {
                    if as_handle {
                        let peer = Tcp::accept(cx, connection.unwrap()).unwrap();
                        close(cx, peer);
                    } else {
                        drop(connection.unwrap());
                    }
                    record.add(());
                    if record.len() == 3 {
                        close(cx, server);
                    }
                });
                let peers = [(); 3].map(|()| TcpStream::connect(address).unwrap());
                assert!(!lp.run(RunMode::Default).unwrap());
                for mut peer in peers {
                    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
                }
                assert!(lp.info(server).is_none());
                close_and_end(lp, &[]);
            }
        }
    });
}
