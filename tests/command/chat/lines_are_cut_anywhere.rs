//! Where packets begin and end means nothing, and a line that has no end is not kept.

use std::io::Write;

use super::Guest;
use crate::child::Uvox;

#[test]
fn byte_by_byte() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0"]);
    let mut guest = Guest::join(&place, "guest1", 1);
    guest.socket.set_nodelay(true).unwrap();
    for byte in "b:grüße\r\nl\n\r\nb:x\r\n".as_bytes() {
        guest.socket.write_all(&[*byte]).unwrap();
    }
    guest.hears(&["guest1: grüße", "* 1 here: guest1", "guest1: x"]);
    assert_eq!(server.interrupt().status, Some(130));
}

/// Many lines in one packet are all heard, and in order, though not in one turn.
#[test]
fn many_at_once() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0"]);
    let mut guest = Guest::join(&place, "guest1", 1);
    let lines: Vec<String> = (0..2000).map(|at| format!("b:{at}\n")).collect();
    guest.say(&lines.concat());
    for at in 0..2000 {
        guest.hears(&[&format!("guest1: {at}")]);
    }
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn a_line_without_end() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0"]);
    let mut guest = Guest::join(&place, "guest1", 1);
    let piece = vec![b'x'; 1024 * 1024];
    for _ in 0..64 {
        guest.socket.write_all(&piece).unwrap();
    }
    guest.hears(&["! that line was longer than 1024 bytes"]);
    guest.say("b:still a part of it\nl\n");
    guest.hears(&["* 1 here: guest1"]);
    if let Some(memory) = server.most_memory() {
        assert!(memory < 32 * 1024, "{memory} KiB");
    }
    assert_eq!(server.interrupt().status, Some(130));
}
