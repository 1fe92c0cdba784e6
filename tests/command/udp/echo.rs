//! Everybody gets their datagrams back, as they were.

use std::net::UdpSocket;

use rustix::process::Signal;

use super::peer;
use crate::child::{Uvox, noise, parts};

/// Sends each, and waits for it.
fn there_and_back(client: &UdpSocket, place: &str, datagrams: &[&[u8]]) {
    for sent in datagrams {
        client.send_to(sent, place).unwrap();
        let mut got = vec![0; 65_536];
        let (length, from) = client.recv_from(&mut got).unwrap();
        assert_eq!(from.to_string(), place);
        assert!(got[..length] == **sent, "it is not what was sent");
    }
}

#[test]
fn to_each_their_own() {
    let (mut server, place) = Uvox::serve(&["udp-echo", "--port", "0"]);
    assert!(place.starts_with("127.0.0.1:"), "{place}");
    let (one, _) = peer();
    let (other, _) = peer();
    let longest = noise(65_507);
    there_and_back(&one, &place, &[b"one", b"", &longest]);
    there_and_back(&other, &place, &[b"other"]);
    server.signal(Signal::INT);
    assert_eq!(
        server.complaint(),
        "uvox: interrupted: 4 datagrams sent back"
    );
    assert_eq!(server.end().status, Some(130));
}

#[test]
fn over_ipv6() {
    if UdpSocket::bind("[::1]:0").is_err() {
        return println!("skipped: there is no IPv6 here");
    }
    let (server, place) = Uvox::serve(&["udp-echo", "--host", "::1", "--port", "0"]);
    assert!(place.starts_with("[::1]:"), "{place}");
    let client = UdpSocket::bind("[::1]:0").unwrap();
    there_and_back(&client, &place, &[b"six"]);
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn by_nc() {
    let (server, place) = Uvox::serve(&["udp-echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let mut client = Uvox::start(&["nc", "--udp", "--wait", "0", host, port]);
    for line in ["there", "and back"] {
        client.say(format!("{line}\n").as_bytes());
        assert_eq!(client.line(), line);
    }
    let ended = client.end();
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    let ended = server.interrupt();
    let said = "uvox: interrupted: 2 datagrams sent back";
    assert_eq!((ended.status, ended.one_line()), (Some(130), said));
}

#[test]
fn the_port_is_in_use() {
    let (_taken, port) = peer();
    let ended = Uvox::start(&["udp-echo", "--port", &port]).end();
    let line = ended.one_line();
    let expected = format!("uvox: bind EADDRINUSE 127.0.0.1:{port}: ");
    assert!(line.starts_with(&expected), "{line}");
    assert_eq!((ended.status, ended.stdout.len()), (Some(2), 0));
}
