//! Ctrl-C ends what runs, cleanly, with one line and a status that says so.

use std::env;
use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, PipeReader, Read, Write, pipe};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::Signal;

use crate::child::{Ended, Uvox, connect, uvox};

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

fn assert_interrupted(ended: &Ended) {
    assert_eq!(
        (ended.status, ended.one_line()),
        (Some(130), "uvox: interrupted")
    );
}

/// A file to meet at: who opens it waits for who opens the other end.
fn meeting_place(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A pipe in which there is no more room.
fn full_pipe() -> (PipeReader, std::io::PipeWriter) {
    let (reader, mut writer) = pipe().unwrap();
    let flags = fcntl_getfl(writer.as_fd()).unwrap();
    fcntl_setfl(writer.as_fd(), flags | OFlags::NONBLOCK).unwrap();
    for size in [4096, 1] {
        while writer.write(&vec![0; size]).is_ok() {}
    }
    assert_eq!(
        writer.write(b"x").unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    fcntl_setfl(writer.as_fd(), flags).unwrap();
    (reader, writer)
}

/// Nobody reads what it has to say.
#[test]
fn a_tour() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("timeline");
    meeting_place(&place);
    let (reader, writer) = full_pipe();
    let mut command = uvox(&["tour", "--chrome", place.to_str().unwrap()]);
    command.stdout(writer);
    let tour = Uvox::spawn(&mut command);
    drop(command);
    // It opens its end when it has begun.
    let timeline = File::open(&place).unwrap();
    tour.signal(Signal::INT);
    assert_interrupted(&tour.end());
    drop((timeline, reader));
}

/// More than a pipe has room for has been read, so it has begun.
const SPACE: usize = 1 << 20;

#[test]
fn a_play() {
    let mut replay = Uvox::start(&["replay", "-"]);
    replay.say(&vec![b' '; SPACE]);
    replay.signal(Signal::INT);
    let input = replay.stdin.take();
    assert_interrupted(&replay.end());
    drop(input);
}

/// While it waits for Node.
#[test]
fn a_comparison() {
    let directory = tempfile::tempdir().unwrap();
    let (begun, over) = (
        directory.path().join("begun"),
        directory.path().join("over"),
    );
    meeting_place(&begun);
    meeting_place(&over);
    let node = directory.path().join("node");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo v20.0.0; else : >{}; : <{}; fi\n",
        begun.display(),
        over.display()
    );
    fs::write(&node, script).unwrap();
    fs::set_permissions(&node, Permissions::from_mode(0o755)).unwrap();
    let mut paths = vec![directory.path().to_owned()];
    paths.extend(env::split_paths(&env::var_os("PATH").unwrap()));
    let mut command = uvox(&["compare", "-"]);
    command.env("PATH", env::join_paths(paths).unwrap());
    let mut compare = Uvox::spawn(&mut command);
    compare.say(b"{\"script\": {\"server.listening\": [[\"close-server\"]]}}");
    drop(compare.stdin.take());
    drop(File::open(&begun).unwrap());
    compare.signal(Signal::INT);
    assert_interrupted(&compare.end());
    drop(File::create(&over).unwrap());
}
