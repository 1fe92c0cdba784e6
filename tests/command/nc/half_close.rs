//! The end of input is told to the peer, and the peer's end ends it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};

use crate::child::{Uvox, uvox};

fn peer() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

#[test]
fn answers_after_the_end_of_input_are_printed() {
    let (listener, port) = peer();
    let mut client = Uvox::start(&["nc", "127.0.0.1", &port]);
    let (mut peer, _) = listener.accept().unwrap();
    client.say(b"how many?");
    drop(client.stdin.take());
    let mut question = String::new();
    peer.read_to_string(&mut question).unwrap();
    assert_eq!(question, "how many?");
    peer.write_all(b"seven").unwrap();
    drop(peer);
    let ended = client.end();
    assert_eq!((ended.status, &ended.stdout[..]), (Some(0), &b"seven"[..]));
    assert_eq!(ended.stderr, "");
}

#[test]
fn the_peer_ends_first() {
    let (listener, port) = peer();
    let mut client = Uvox::start(&["nc", "127.0.0.1", &port]);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"that is all\n").unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.line(), "that is all");
    // It ends though its input does not.
    let mut nothing = Vec::new();
    peer.read_to_end(&mut nothing).unwrap();
    assert_eq!(nothing, b"");
    let input = client.stdin.take();
    let ended = client.end();
    drop(input);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_peer_ends_first_and_still_listens() {
    let (listener, port) = peer();
    let mut client = Uvox::start(&["nc", "--half-open", "127.0.0.1", &port]);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"go on\n").unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.line(), "go on");
    client.say(b"as you like");
    drop(client.stdin.take());
    let mut got = String::new();
    peer.read_to_string(&mut got).unwrap();
    assert_eq!(got, "as you like");
    assert_eq!(client.end().status, Some(0));
}

#[test]
fn a_name_is_looked_up() {
    let (listener, port) = peer();
    let client = Uvox::spawn(uvox(&["nc", "localhost", &port]).stdin(std::process::Stdio::null()));
    let (mut peer, _) = listener.accept().unwrap();
    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    drop(peer);
    assert_eq!(client.end().status, Some(0));
}
