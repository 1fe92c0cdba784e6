//! What goes through `nc | echo` comes back intact, and memory stays flat.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::thread;

use rustix::fs::{OFlags, fcntl_setfl};

use crate::child::{Uvox, exchange, noise, parts, uvox};

const LENGTH: usize = 64 * 1024 * 1024;

/// Flat: far less than what goes through.
const FLAT: u64 = 32 * 1024;

#[test]
fn by_pipes() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let mut client = Uvox::start(&["nc", host, port]);
    let sent = noise(LENGTH);
    let mut input = client.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        input.write_all(&sent).unwrap();
        sent
    });
    let mut got = vec![0; LENGTH];
    client
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut got)
        .unwrap();
    let memory = client.most_memory();
    let ended = client.end();
    assert!(writer.join().unwrap() == got, "it is not what was sent");
    assert_eq!((ended.status, ended.stdout.len()), (Some(0), 0));
    assert_eq!(ended.stderr, "");
    for memory in [memory, server.most_memory()].into_iter().flatten() {
        assert!(memory < FLAT, "{memory} KiB");
    }
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn by_files() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("from"), directory.path().join("to"));
    let path = directory.path().join("s");
    let path = path.to_str().unwrap();
    let sent = noise(LENGTH);
    fs::write(&from, &sent).unwrap();
    let (server, _) = Uvox::serve(&["echo", "--path", path]);
    let mut command = uvox(&["nc", "--path", path]);
    command.stdin(File::open(&from).unwrap());
    command.stdout(File::create(&to).unwrap());
    let ended = Uvox::spawn(&mut command).end();
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert!(fs::read(&to).unwrap() == sent, "it is not what was sent");
    assert_eq!(server.interrupt().status, Some(130));
}

/// Output that is not read holds the peer back, and that the input.
#[test]
fn nobody_reads_for_now() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let (host, port) = parts(&place);
    let mut client = Uvox::start(&["nc", host, port]);
    let mut input = client.stdin.take().unwrap();
    fcntl_setfl(&input, OFlags::NONBLOCK).unwrap();
    // More than all buffers between ever hold.
    let bytes = noise(8 * LENGTH);
    let mut sent = 0;
    // Full three times in a row, with a whole exchange of another client's in between.
    let mut full = 0;
    while full < 3 {
        match input.write(&bytes[sent..]) {
            Ok(count) => {
                sent += count;
                full = 0;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                full += 1;
                exchange(&place);
            }
        }
        assert!(sent < bytes.len(), "it reads on");
    }
    for memory in [client.most_memory(), server.most_memory()] {
        assert!(memory.is_none_or(|memory| memory < FLAT), "{memory:?} KiB");
    }
    drop(input);
    let ended = client.end();
    assert!(ended.stdout == bytes[..sent], "it is not what was sent");
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(server.interrupt().status, Some(130));
}
