//! A socket is given away: it closes, and the connection does not notice.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions, SocketOptions};
use uvox_testing::{Seen, scenario};

use super::{connected, program, socket, watch_close};

#[test]
fn the_peer_does_not_notice() {
    scenario(|| {
        let seen = Seen::new();
        let kept = Seen::new();
        let (record, keep) = (seen.clone(), kept.clone());
        program(move |cx| {
            let (socket, mut peer) = connected(cx);
            watch_close(cx, socket, "socket", &record);
            socket.on_data(cx, move |cx, socket, chunk| {
                assert_eq!(*chunk, "before");
                socket.write(cx, "answer");
                let fd = socket.into_owned_fd(cx).unwrap();
                assert!(socket.is_destroyed(cx));
                let again = socket.into_owned_fd(cx).unwrap_err();
                assert_eq!(again.code(), "ERR_SOCKET_CLOSED");
                keep.add(std::rc::Rc::new(TcpStream::from(fd)));
            });
            peer.write_all(b"before").unwrap();
            socket.on_close(cx, move |_, _, _| {
                let mut answer = [0; 6];
                peer.read_exact(&mut answer).unwrap();
                peer.set_nonblocking(true).unwrap();
                let error = peer.read(&mut answer).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                peer.write_all(b"after").unwrap();
                record.add(String::from_utf8_lossy(&answer).into_owned());
            });
        });
        assert_eq!(seen.all(), ["socket: closed, false", "answer"]);
        let own = kept.take().pop().unwrap();
        own.set_nonblocking(false).unwrap();
        let mut got = [0; 5];
        (&*own).read_exact(&mut got).unwrap();
        assert_eq!(&got, b"after");
    });
}

/// What has not been read goes along, and the end, too.
#[test]
fn what_the_kernel_has_goes_along() {
    scenario(|| {
        let got = Seen::new();
        let record = got.clone();
        program(move |cx| {
            let (own, mut peer) = UnixStream::pair().unwrap();
            let socket = socket(cx, own, SocketOptions::new().paused(true));
            peer.write_all(b"unread").unwrap();
            drop(peer);
            let mut own = UnixStream::from(socket.into_owned_fd(cx).unwrap());
            let mut text = String::new();
            own.read_to_string(&mut text).unwrap();
            record.add(text);
        });
        assert_eq!(got.all(), ["unread"]);
    });
}

/// It does not count as the server's any more, and one that has sent its end can be read on.
#[test]
fn half_of_one_that_a_server_accepted() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let options = ServerOptions::new()
                .allow_half_open(true)
                .pause_on_connect(true);
            let heard = record.clone();
            let server = net::create_server(cx, options, move |cx, server, socket| {
                let heard = heard.clone();
                socket.end_then(cx, Some("bye".into()), move |cx, result| {
                    result.unwrap();
                    let own = TcpStream::from(socket.into_owned_fd(cx).unwrap());
                    assert_eq!(server.connections(cx), 0);
                    let closed = heard.clone();
                    server.close_then(cx, move |_, result| {
                        result.unwrap();
                        closed.add("server closed".to_owned());
                    });
                    // The client has heard the end, and answers.
                    own.set_nonblocking(false).unwrap();
                    let mut text = String::new();
                    (&own).read_to_string(&mut text).unwrap();
                    heard.add(text);
                });
            });
            server.on_listening(cx, move |cx, server| {
                let port = server.port(cx).unwrap();
                let mut peer = TcpStream::connect(("127.0.0.1", port)).unwrap();
                peer.write_all(b"hello").unwrap();
                std::thread::spawn(move || {
                    let mut text = String::new();
                    peer.read_to_string(&mut text).unwrap();
                    assert_eq!(text, "bye");
                    peer.write_all(b" to you").unwrap();
                });
            });
            server
                .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
                .unwrap();
        });
        assert_eq!(seen.all(), ["hello to you", "server closed"]);
    });
}

#[test]
fn one_that_is_not_connected() {
    scenario(|| {
        program(|cx| {
            let fresh = net::Socket::new(cx, SocketOptions::new().keep(true)).unwrap();
            assert_eq!(fresh.into_owned_fd(cx).unwrap_err().code(), "ENOTCONN");
            fresh.release(cx);
            let server = net::create_server(cx, ServerOptions::new(), |cx, server, socket| {
                socket.end(cx);
                socket.resume(cx);
                server.close(cx);
            });
            server.on_listening(cx, |cx, server| {
                let port = server.port(cx).unwrap();
                let options = ConnectOptions::port(port).host("127.0.0.1");
                let socket = net::connect(cx, options).unwrap();
                let refused = socket.into_owned_fd(cx).unwrap_err();
                assert_eq!(refused.to_string(), "into_owned_fd ENOTCONN");
                socket.on_connect(cx, |cx, socket| drop(socket.into_owned_fd(cx).unwrap()));
            });
            server
                .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
                .unwrap();
        });
    });
}
