//! Standard input and output may be anything.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::child::{Uvox, parts, uvox};
use crate::terminal::terminal;

#[test]
fn nothing_and_nowhere() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let mut command = uvox(&["nc", host, port]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let ended = Uvox::spawn(&mut command).end();
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn a_socket() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let mut command = uvox(&["nc", host, port]);
    command.stdin(OwnedFd::from(theirs.try_clone().unwrap()));
    command.stdout(OwnedFd::from(theirs));
    let client = Uvox::spawn(&mut command);
    drop(command);
    ours.write_all(b"by a socket").unwrap();
    ours.shutdown(Shutdown::Write).unwrap();
    let mut got = String::new();
    ours.read_to_string(&mut got).unwrap();
    assert_eq!(got, "by a socket");
    assert_eq!(client.end().status, Some(0));
    assert_eq!(server.interrupt().status, Some(130));
}

/// Whoever shares a pipe with it finds it as it was.
#[test]
fn a_pipe_that_others_have_too() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let (reader, mut writer) = std::io::pipe().unwrap();
    let (back, back_writer) = std::io::pipe().unwrap();
    let (shared, shared_back) = (
        reader.try_clone().unwrap(),
        back_writer.try_clone().unwrap(),
    );
    let mut command = uvox(&["nc", host, port]);
    command.stdin(reader).stdout(back_writer);
    let mut client = Uvox::spawn(&mut command);
    drop(command);
    writer.write_all(b"for nc\n").unwrap();
    let mut back = std::io::BufReader::new(back);
    let mut got = [0; 7];
    back.read_exact(&mut got).unwrap();
    // While it runs, it does not wait for them; afterwards whoever is next does.
    assert!(waits(&shared) == Some(false) && waits(&shared_back) == Some(false));
    drop(writer);
    client.stdin = None;
    assert_eq!(client.end().status, Some(0));
    assert!(waits(&shared) == Some(true) && waits(&shared_back) == Some(true));
    assert_eq!(server.interrupt().status, Some(130));
}

fn waits(fd: &impl AsFd) -> Option<bool> {
    let flags = rustix::fs::fcntl_getfl(fd).ok()?;
    Some(!flags.contains(rustix::fs::OFlags::NONBLOCK))
}

/// It is typed on a terminal, and ended by Ctrl-D; the shell that shares the terminal finds it as it was.
#[test]
fn a_terminal() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let (mut ours, theirs) = terminal();
    let mut command = uvox(&["nc", host, port]);
    command.stdin(theirs.try_clone().unwrap());
    command.stdout(theirs.try_clone().unwrap());
    let client = Uvox::spawn(&mut command);
    drop(command);
    ours.write_all(b"typed\n").unwrap();
    // What is typed is shown by the terminal, and then comes back.
    let mut shown = Vec::new();
    while shown != b"typed\r\ntyped\r\n" {
        let mut one = [0];
        ours.read_exact(&mut one).unwrap();
        shown.push(one[0]);
        assert!(shown.len() < 100, "{shown:?}");
    }
    assert_eq!(waits(&theirs), Some(true));
    ours.write_all(b"\x04").unwrap();
    assert_eq!(client.end().status, Some(0));
    assert_eq!(server.interrupt().status, Some(130));
}

/// The peer ends while nothing is typed: it does not wait for that.
#[test]
fn a_terminal_where_nothing_is_typed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let (_ours, theirs) = terminal();
    let client = Uvox::spawn(uvox(&["nc", "127.0.0.1", &port]).stdin(theirs));
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"bye").unwrap();
    drop(peer);
    let ended = client.end();
    assert_eq!((ended.status, &ended.stdout[..]), (Some(0), &b"bye"[..]));
}
