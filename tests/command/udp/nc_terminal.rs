//! On a terminal each line is a datagram.

use std::io::{Read, Write};

use super::{peer, receive};
use crate::child::{Uvox, uvox};
use crate::terminal::terminal;

/// The byte that Ctrl-D is.
const END: &[u8] = &[4];

#[test]
fn each_line_is_a_datagram() {
    let (peer, port) = peer();
    let (mut ours, theirs) = terminal();
    let mut command = uvox(&["nc", "--udp", "--wait", "0", "127.0.0.1", &port]);
    command.stdin(theirs);
    let mut client = Uvox::spawn(&mut command);
    drop(command);
    ours.write_all(b"one\ntwo\n\n").unwrap();
    for line in ["one\n", "two\n", "\n"] {
        let (got, answer) = receive(&peer);
        assert_eq!(got, line.as_bytes());
        answer(line.as_bytes());
        assert_eq!(client.line(), line.trim_end());
    }
    ours.write_all(END).unwrap();
    let ended = client.end();
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    // What was typed was shown.
    let mut shown = [0; 3];
    ours.read_exact(&mut shown).unwrap();
    assert_eq!(&shown, b"one");
}
