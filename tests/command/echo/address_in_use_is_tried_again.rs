//! An address that is in use is tried again, as often as it is said.

use std::net::TcpListener;

use crate::child::{Uvox, exchange};

fn occupied() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

#[test]
fn until_it_is_free() {
    let (listener, port) = occupied();
    let mut server = Uvox::start(&[
        "echo",
        "--port",
        &port,
        "--retries",
        "1000",
        "--retry-after",
        "5",
    ]);
    let complaint = server.complaint();
    assert!(
        complaint.starts_with("uvox: listen EADDRINUSE"),
        "{complaint}"
    );
    assert!(
        complaint.ends_with("trying again in 5ms (1 of 1000)"),
        "{complaint}"
    );
    assert!(server.complaint().ends_with("(2 of 1000)"));
    drop(listener);
    let place = server.listens();
    assert_eq!(place, format!("127.0.0.1:{port}"));
    exchange(&place);
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn and_given_up() {
    let (_listener, port) = occupied();
    let server = Uvox::start(&[
        "echo",
        "--port",
        &port,
        "--retries",
        "2",
        "--retry-after",
        "1",
    ]);
    let ended = server.end();
    assert_eq!(ended.status, Some(2));
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[2].ends_with(&format!("127.0.0.1:{port}; given up after 2 retries")));
    assert_eq!(ended.stdout, b"");
}

#[test]
fn a_second_later_if_nothing_is_said_and_ctrl_c_does_not_wait() {
    let (_listener, port) = occupied();
    let mut server = Uvox::start(&["echo", "--port", &port]);
    assert!(server.complaint().ends_with("trying again in 1s (1 of 5)"));
    let ended = server.interrupt();
    assert_eq!(
        (ended.status, ended.one_line()),
        (Some(130), "uvox: interrupted")
    );
}
