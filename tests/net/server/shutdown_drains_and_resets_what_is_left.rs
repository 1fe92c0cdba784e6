//! `shutdown`: nobody is accepted any more, connections are ended, what is left after the grace is reset, and it is told how many there were of each.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown as Half, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{ListenOptions, Server, Shutdown};

use super::common::{Log, client, loopback, program, scenario, server};

/// Longer than any scenario takes.
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(10);

fn told(log: &Log) -> impl FnOnce(&mut Ctx, Shutdown) + 'static + use<> {
    let log = log.clone();
    move |_, told: Shutdown| log.say(format!("{} drained, {} reset", told.drained, told.reset))
}

/// A server with so many peers that nobody reads yet; then `go` on.
fn with_peers(
    cx: &mut Ctx,
    count: usize,
    go: impl FnOnce(&mut Ctx, Server, Vec<TcpStream>) + 'static,
) {
    let server = server(cx);
    server.listen(cx, loopback()).unwrap();
    server.once_listening(cx, move |cx, server| {
        let port = server.port(cx).unwrap();
        let connect = |_| TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut peers: Vec<_> = (0..count).map(connect).collect();
        let mut go = Some(go);
        server.on_connection(cx, move |cx, server, socket| {
            socket.on_error(cx, |_, _, _| ());
            if server.connections(cx) == count
                && let Some(go) = go.take()
            {
                go(cx, server, std::mem::take(&mut peers));
            }
        });
    });
}

#[test]
fn all_end_in_time() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            server.on_connection(cx, move |cx, server, socket| {
                socket.resume(cx);
                socket.write(cx, "good");
                if server.connections(cx) == 3 {
                    socket.write(cx, "bye");
                    server.shutdown(cx, LONG, told(&log));
                    assert!(!server.is_listening(cx));
                    assert_eq!(server.connections(cx), 3, "they go on");
                }
            });
            server.listen(cx, loopback()).unwrap();
            server.on_listening(cx, |cx, server| {
                for _ in 0..3 {
                    client(cx, server);
                }
            });
        });
        let mut lines = vec!["listening"];
        lines.extend(["connection"; 3]);
        lines.extend(["close", "3 drained, 0 reset"]);
        assert_eq!(said, lines);
    });
}

/// When one of its connections is closed, the grace is over.
fn until_one_has_gone(cx: &mut Ctx, server: Server) {
    let before = server.connections(cx);
    env::set_immediate(cx, move |cx| match server.connections(cx) == before {
        true => until_one_has_gone(cx, server),
        false => server.shutdown(cx, Duration::ZERO, |_, _| ()),
    });
}

/// Of three peers one ends, one has sent what nobody reads, and one just sits there.
#[test]
fn what_is_left_is_reset() {
    scenario(|| {
        let peers = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
        let keep = peers.clone();
        let said = program(move |cx, log| {
            with_peers(cx, 3, move |cx, server, mut peers| {
                peers[0].shutdown(Half::Both).unwrap();
                peers[1].write_all(b"text").unwrap();
                log.watch(cx, server);
                server.shutdown(cx, LONG, told(&log));
                *keep.borrow_mut() = peers;
                until_one_has_gone(cx, server);
            });
        });
        assert_eq!(said, ["close", "1 drained, 2 reset"]);
        for peer in &mut peers.borrow_mut()[1..] {
            assert_eq!(peer.read(&mut [0]).unwrap(), 0, "the end came first");
            // After an end alone the first write would be taken.
            let error = peer.write(b"x").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        }
    });
}

/// What was written arrives, though what the peer has sent is never read: a connection that is closed with something unread is reset, and its end would be lost.
#[test]
fn what_was_written_arrives() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = server(cx);
            server.listen(cx, loopback()).unwrap();
            let size = 4 << 20;
            server.on_connection(cx, move |cx, server, socket| {
                socket.on_error(cx, |_, _, _| ());
                socket.pause(cx);
                socket.write(cx, vec![7; size]);
                let note = log.clone();
                socket.on_finish(cx, move |_, _| note.say("finish"));
                server.shutdown(cx, LONG, told(&log));
            });
            server.on_listening(cx, move |cx, server| {
                let port = server.port(cx).unwrap();
                let peer = std::thread::spawn(move || {
                    let mut peer = TcpStream::connect(("127.0.0.1", port)).unwrap();
                    peer.write_all(b"never read").unwrap();
                    let mut got = Vec::new();
                    peer.read_to_end(&mut got).unwrap();
                    got.len()
                });
                server.on_close(cx, move |_, _| ());
                await_peer(cx, server, peer, size);
            });
        });
        assert_eq!(said, ["finish", "0 drained, 1 reset"]);
    });
}

/// When the peer has all of it, the grace is over.
fn await_peer(cx: &mut Ctx, server: Server, peer: std::thread::JoinHandle<usize>, size: usize) {
    env::set_timeout(cx, Duration::from_millis(1), move |cx| {
        if !peer.is_finished() {
            return await_peer(cx, server, peer, size);
        }
        assert_eq!(peer.join().unwrap(), size);
        server.shutdown(cx, Duration::ZERO, |_, _| ());
    });
}

#[test]
fn told_twice_it_is_one() {
    scenario(|| {
        let said = program(|cx, log| {
            with_peers(cx, 2, move |cx, server, peers| {
                server.shutdown(cx, LONG, told(&log));
                server.shutdown(cx, SHORT, move |cx, told_| {
                    told(&log)(cx, told_);
                    drop(peers);
                });
            });
        });
        assert_eq!(said, ["0 drained, 2 reset"; 2]);
    });
}

/// It listens again, and who comes then is not meant.
#[test]
fn who_comes_later_is_not_meant() {
    scenario(|| {
        let said = program(|cx, log| {
            with_peers(cx, 1, move |cx, server, peers| {
                server.shutdown(cx, SHORT, told(&log));
                server.listen(cx, loopback()).unwrap();
                server.on_connection(cx, move |cx, server, socket| {
                    socket.resume(cx);
                    let note = log.clone();
                    socket.on_close(cx, move |_, _, had_error| {
                        note.say(format!("late {had_error}"))
                    });
                    env::set_timeout(cx, 2 * SHORT, move |cx| {
                        socket.end(cx);
                        server.close(cx);
                    });
                });
                server.once_listening(cx, move |cx, server| {
                    client(cx, server);
                    server.once_close(cx, move |_, _| drop(peers));
                });
            });
        });
        assert_eq!(said, ["0 drained, 1 reset", "late false"]);
    });
}

/// A path has no resets: what is left is closed.
#[test]
fn of_a_path() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("server");
        let said = program(|cx, log| {
            let server = server(cx);
            server.listen(cx, ListenOptions::path(&path)).unwrap();
            let mut peer = Some(UnixStream::connect(&path).unwrap());
            server.on_connection(cx, move |cx, server, _| {
                let peer = peer.take();
                let log = log.clone();
                server.shutdown(cx, SHORT, move |cx, told_| {
                    assert_eq!(peer.unwrap().read(&mut [0]).unwrap(), 0);
                    told(&log)(cx, told_);
                });
            });
        });
        assert_eq!(said, ["0 drained, 1 reset"]);
    });
}

/// There is nobody to wait for, so it does not wait.
#[test]
fn of_a_server_that_does_not_listen() {
    scenario(|| {
        let said = program(|cx, log| {
            let one = server(cx);
            one.shutdown(cx, LONG, told(&log));
            let two = server(cx);
            two.listen(cx, loopback()).unwrap();
            two.shutdown(cx, LONG, told(&log));
            // Released, it tells nobody, and nobody waits.
            with_peers(cx, 1, move |cx, server, peers| {
                server.shutdown(cx, LONG, |_, _| unreachable!());
                server.release(cx);
                drop(peers);
            });
        });
        assert_eq!(said, ["0 drained, 0 reset"; 2]);
    });
}
