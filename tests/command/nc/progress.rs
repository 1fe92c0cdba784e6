//! A transfer that takes long shows on a terminal how far it is.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::child::{Uvox, uvox};
use crate::terminal::terminal;

#[test]
fn on_standard_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let (mut ours, theirs) = terminal();
    let mut client = Uvox::spawn(uvox(&["nc", "127.0.0.1", &port]).stderr(theirs));
    let (mut peer, _) = listener.accept().unwrap();
    client.say(&[7; 2048]);
    peer.read_exact(&mut [0; 2048]).unwrap();
    peer.write_all(&[7; 1024]).unwrap();
    let mut shown = String::new();
    while !shown.contains("2.00 KiB sent, 1.00 KiB received") {
        let mut piece = [0; 256];
        let count = ours.read(&mut piece).unwrap();
        shown.push_str(&String::from_utf8_lossy(&piece[..count]));
        assert!(shown.len() < 100_000, "{shown}");
    }
    drop(peer);
    assert_eq!(client.end().status, Some(0));
}

/// What goes wrong meanwhile has its line for itself.
#[test]
fn and_then_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let (mut ours, theirs) = terminal();
    let mut client = Uvox::spawn(uvox(&["nc", "127.0.0.1", &port]).stderr(theirs));
    let (peer, _) = listener.accept().unwrap();
    client.say(b"never read");
    while peer.peek(&mut [0; 16]).unwrap() < 10 {}
    let mut shown = String::new();
    let mut shown_until = |until: &str| {
        while !shown.contains(until) {
            let mut piece = [0; 256];
            let count = ours.read(&mut piece).unwrap();
            shown.push_str(&String::from_utf8_lossy(&piece[..count]));
            assert!(shown.len() < 100_000, "{shown}");
        }
        shown.clone()
    };
    shown_until("10 B sent, 0 B received");
    drop(peer);
    let shown = shown_until("ECONNRESET");
    // Before it the bar's line is cleared.
    assert!(
        shown.contains("\r\u{1b}[2Kuvox: read ECONNRESET"),
        "{shown:?}"
    );
    assert_eq!(client.end().status, Some(1));
}
