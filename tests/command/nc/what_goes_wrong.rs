//! What goes wrong is one line on standard error, and status 1.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;

use crate::child::{Ended, Uvox, parts, uvox};

#[track_caller]
fn failed(ended: &Ended, with: &str) {
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(ended.one_line(), format!("uvox: {with}"));
}

#[test]
fn the_port_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let ended = Uvox::start(&["nc", "127.0.0.1", &port.to_string()]).end();
    let line = ended.one_line();
    let expected = format!("uvox: connect ECONNREFUSED 127.0.0.1:{port}: ");
    assert!(line.starts_with(&expected), "{line}");
    assert_eq!(ended.status, Some(1));
}

#[test]
fn there_is_no_such_path() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing");
    let path = path.to_str().unwrap();
    let ended = Uvox::start(&["nc", "--path", path]).end();
    failed(
        &ended,
        &format!("connect ENOENT {path}: no such file or directory"),
    );
}

#[test]
fn nobody_reads_its_output() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let mut client = Uvox::start(&["nc", host, port]);
    client.say(b"first\n");
    assert_eq!(client.line(), "first");
    drop(client.stdout.take());
    client.say(b"second\n");
    let input = client.stdin.take();
    let ended = client.end();
    drop(input);
    failed(
        &ended,
        "standard output: write EPIPE: nobody reads the other end",
    );
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn its_output_is_full() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return println!("skipped: there is no /dev/full here");
    };
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let mut client = Uvox::spawn(uvox(&["nc", host, port]).stdout(full));
    client.say(b"x");
    let input = client.stdin.take();
    let ended = client.end();
    drop(input);
    failed(&ended, "standard output: write ENOSPC: device is full");
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn its_input_is_a_directory() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let directory = tempfile::tempdir().unwrap();
    let mut command = uvox(&["nc", host, port]);
    command.stdin(File::open(directory.path()).unwrap());
    let ended = Uvox::spawn(&mut command).end();
    failed(
        &ended,
        "standard input: read EISDIR: cannot be done to a directory",
    );
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn the_peer_breaks_it_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut client = Uvox::start(&["nc", "127.0.0.1", &port]);
    let (mut peer, _) = listener.accept().unwrap();
    client.say(b"never read");
    // Closed with bytes that nobody read, it is reset.
    while peer.peek(&mut [0; 16]).unwrap() == 0 {}
    peer.flush().unwrap();
    drop(peer);
    let input = client.stdin.take();
    let ended = client.end();
    drop(input);
    let line = ended.one_line();
    assert!(line.starts_with("uvox: read ECONNRESET"), "{line}");
    assert_eq!(ended.status, Some(1));
}
