//! Everybody gets back what they sent, also after they ended.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use crate::child::{Uvox, connect, uvox};

#[test]
fn to_each_their_own() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    assert!(place.starts_with("127.0.0.1:"), "{place}");
    let mut clients = [connect(&place), connect(&place), connect(&place)];
    for (at, client) in clients.iter_mut().enumerate() {
        write!(client, "client {at}").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
    }
    for (at, client) in clients.iter_mut().enumerate() {
        let mut got = String::new();
        client.read_to_string(&mut got).unwrap();
        assert_eq!(got, format!("client {at}"));
    }
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn on_all_addresses() {
    let (server, place) = Uvox::serve(&["echo", "--host", "0.0.0.0", "--port", "0"]);
    let port = place.strip_prefix("0.0.0.0:").unwrap();
    let mut client = connect(&format!("127.0.0.2:{port}"));
    client.write_all(b"there").unwrap();
    let mut got = [0; 5];
    client.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"there");
    drop(client);
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn over_a_path_that_is_gone_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("echo.sock");
    let (server, place) = Uvox::serve(&["echo", "--path", path.to_str().unwrap()]);
    assert_eq!(place, path.to_str().unwrap());
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(b"there and back").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut got = String::new();
    client.read_to_string(&mut got).unwrap();
    assert_eq!(got, "there and back");
    assert_eq!(server.interrupt().status, Some(130));
    assert!(!path.exists());
}

#[test]
fn and_logs_who_came_and_went() {
    let mut command = uvox(&["echo", "--port", "0"]);
    let mut server = Uvox::spawn(command.env("RUST_LOG", "info"));
    let place = server.listens();
    let client = connect(&place);
    let name = client.local_addr().unwrap().to_string();
    drop(client);
    let line = server.complaint();
    assert!(line.ends_with(&format!("{name} is connected")), "{line}");
    let line = server.complaint();
    assert!(
        line.ends_with(&format!("{name} is gone after 0 bytes")),
        "{line}"
    );
    assert_eq!(server.interrupt().status, Some(130));
}
