//! A socket that holds something is not given away, and nothing of it is lost.

use std::io::{Read, Write};
use std::thread;

use uvox::net::SocketOptions;
use uvox::streams::Encoding;
use uvox_testing::{Seen, scenario, tcp_pair};

use super::{connected, program, socket};

#[test]
fn what_was_read_waits() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let (socket, mut peer) = connected(cx);
            peer.write_all(b"unread").unwrap();
            socket.on_readable(cx, move |cx, socket| {
                if socket.readable_length(cx) == 0 {
                    return;
                }
                let refused = socket.into_owned_fd(cx).unwrap_err();
                assert_eq!(refused.code(), "ERR_SOCKET_BUSY");
                record.add(socket.read(cx, None).unwrap().into_bytes().to_vec());
                drop(socket.into_owned_fd(cx).unwrap());
                let _ = &peer;
            });
        });
        assert_eq!(seen.all(), [b"unread"]);
    });
}

/// Half of a character was read; who listens has not got it.
#[test]
fn half_of_a_character_waits() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let (own, mut peer) = tcp_pair();
            let socket = socket(cx, own, SocketOptions::new().encoding(Encoding::Utf8));
            let (one, other) = "a☃".as_bytes().split_at(2);
            peer.write_all(one).unwrap();
            let other = other.to_vec();
            socket.on_data(cx, move |cx, socket, chunk| {
                record.add(chunk.as_text().unwrap().to_owned());
                let given = socket.into_owned_fd(cx);
                if *chunk == "a" {
                    assert_eq!(given.unwrap_err().code(), "ERR_SOCKET_BUSY");
                    peer.write_all(&other).unwrap();
                } else {
                    drop(given.unwrap());
                }
            });
        });
        assert_eq!(seen.all(), ["a", "☃"]);
    });
}

#[test]
fn what_was_written_waits() {
    scenario(|| {
        let total = 8 << 20;
        let reader = Seen::new();
        let threads = reader.clone();
        program(move |cx| {
            let (socket, mut peer) = connected(cx);
            assert!(!socket.write(cx, vec![7; total]));
            assert_eq!(
                socket.into_owned_fd(cx).unwrap_err().code(),
                "ERR_SOCKET_BUSY"
            );
            socket.end(cx);
            socket.on_prefinish(cx, move |cx, _| {
                assert_eq!(
                    socket.into_owned_fd(cx).unwrap_err().code(),
                    "ERR_SOCKET_BUSY"
                );
            });
            socket.on_finish(cx, |cx, socket| drop(socket.into_owned_fd(cx).unwrap()));
            let reading = thread::spawn(move || {
                let mut got = Vec::new();
                peer.read_to_end(&mut got).unwrap();
                got.len()
            });
            threads.add(std::rc::Rc::new(reading));
        });
        let reading = std::rc::Rc::into_inner(reader.take().pop().unwrap()).unwrap();
        assert_eq!(reading.join().unwrap(), total);
    });
}
