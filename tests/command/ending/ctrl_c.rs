//! Ctrl-C ends what runs, cleanly, with one line and a status that says so.

use std::io::{Read, Write};
use std::net::TcpListener;

use rustix::process::Signal;

use crate::child::{Uvox, connect};

#[test]
fn nc() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut client = Uvox::start(&["nc", "127.0.0.1", &port]);
    let (mut peer, _) = listener.accept().unwrap();
    client.say(b"x");
    peer.read_exact(&mut [0]).unwrap();
    client.signal(Signal::INT);
    let input = client.stdin.take();
    let ended = client.end();
    drop(input);
    assert_eq!(
        (ended.status, ended.one_line()),
        (Some(130), "uvox: interrupted")
    );
    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
}

/// A server tells its clients, after all that is on the way to them.
#[test]
fn a_server() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let mut client = connect(&place);
    client.write_all(b"x").unwrap();
    client.read_exact(&mut [0]).unwrap();
    server.signal(Signal::INT);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    drop(client);
    let ended = server.end();
    // How many of them ended in time depends on how busy the machine is.
    assert!(
        ended.one_line().starts_with("uvox: interrupted: "),
        "{ended:?}"
    );
    assert_eq!(ended.status, Some(130));
}

#[test]
fn terminated() {
    let (server, _) = Uvox::serve(&["chat", "--port", "0"]);
    server.signal(Signal::TERM);
    let ended = server.end();
    assert_eq!(
        (ended.status, ended.one_line()),
        (Some(143), "uvox: terminated")
    );
}
