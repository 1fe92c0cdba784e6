//! What goes wrong is one line on standard error, and status 1.

use super::peer;
use crate::child::Uvox;

#[test]
fn the_port_is_refused() {
    let (peer, port) = peer();
    drop(peer);
    let mut client = Uvox::start(&["nc", "--udp", "127.0.0.1", &port]);
    client.say(b"is anybody there?");
    // It ends though its input does not.
    let input = client.stdin.take();
    let ended = client.end();
    drop(input);
    let line = ended.one_line();
    let expected = format!("uvox: send ECONNREFUSED 127.0.0.1:{port}: ");
    assert!(line.starts_with(&expected), "{line}");
    assert_eq!(ended.status, Some(1));
}

#[test]
fn there_is_no_such_port() {
    let ended = Uvox::start(&["nc", "--udp", "127.0.0.1", "0"]).end();
    let line = ended.one_line();
    assert!(line.starts_with("uvox: Port should be > 0"), "{line}");
    assert_eq!(ended.status, Some(1));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for arguments in [
        &["nc", "--udp", "--path", "s"][..],
        &["nc", "--udp", "--half-open", "127.0.0.1", "9"],
        &["nc", "--wait", "5", "127.0.0.1", "9"],
    ] {
        let ended = Uvox::start(arguments).end();
        assert_eq!(ended.status, Some(2), "{ended:?}");
        assert!(ended.stderr.contains("--udp"), "{ended:?}");
    }
}
