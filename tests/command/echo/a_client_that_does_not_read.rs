//! A client that sends and does not read is not read from any more, and takes no memory.

use std::io::{ErrorKind, Write};

use crate::child::{Uvox, connect, exchange};

/// More than the kernel's buffers ever hold, on both ways.
const MOST: usize = 512 * 1024 * 1024;

#[test]
fn takes_no_memory() {
    let (server, place) = Uvox::serve(&["echo", "--port", "0"]);
    let mut client = connect(&place);
    client.set_nonblocking(true).unwrap();
    let bytes = vec![7; 64 * 1024];
    let mut sent = 0;
    // Full three times in a row, with a whole exchange of another client's in between: the server has had its chance to read.
    let mut full = 0;
    while full < 3 {
        match client.write(&bytes) {
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
        assert!(sent < MOST, "the server reads on");
    }
    if let Some(memory) = server.most_memory() {
        assert!(
            memory < 64 * 1024,
            "{memory} KiB, for a client that sent {sent}"
        );
    }
    let ended = server.interrupt();
    // What is left for it cannot be delivered, and is given up.
    assert_eq!(
        ended.one_line(),
        "uvox: interrupted: 0 connections ended, 1 reset"
    );
    assert_eq!(ended.status, Some(130));
}
