//! A Unix-domain socket that nobody answers on is removed; one that is in use is not, nor is anything else that is there.

use std::fs;
use std::os::unix::net::{UnixListener, UnixStream};

use crate::child::Uvox;

#[test]
fn nobody_answers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let mut server = Uvox::start(&["echo", "--path", path.to_str().unwrap()]);
    assert_eq!(server.listens(), path.to_str().unwrap());
    assert!(server.complaint().contains("is stale"));
    UnixStream::connect(&path).unwrap();
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn somebody_answers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let ended = Uvox::start(&["echo", "--path", path.to_str().unwrap()]).end();
    assert_eq!(ended.status, Some(2));
    assert!(ended.one_line().ends_with("somebody answers there"));
    UnixStream::connect(&path).unwrap();
    drop(listener);
}

#[test]
fn it_is_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    fs::write(&path, "precious").unwrap();
    let ended = Uvox::start(&["echo", "--path", path.to_str().unwrap()]).end();
    assert_eq!(ended.status, Some(2));
    assert!(ended.one_line().ends_with("what is there is no socket"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn there_is_no_such_directory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("no/s");
    let ended = Uvox::start(&["echo", "--path", path.to_str().unwrap()]).end();
    assert_eq!(ended.status, Some(2));
    assert!(ended.one_line().ends_with("there is no such directory"));
}
