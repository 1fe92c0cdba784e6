//! There may be as many in the room as are said to, and no more.

use std::io::Read;

use super::Guest;
use crate::child::{Uvox, connect};

#[test]
fn one_too_many_is_turned_away() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0", "--most", "1"]);
    let mut first = Guest::join(&place, "guest1", 1);
    let mut second = connect(&place);
    assert_eq!(second.read(&mut [0]).unwrap(), 0);
    first.say("byebye\n");
    first.hears(&["* bye, guest1", ""]);
    drop(first);
    // The place is free as soon as the connection is gone, which is told to nobody here: it is tried until it is so.
    let welcome = loop {
        let mut text = [0; 4];
        if connect(&place).read(&mut text).unwrap() > 0 {
            break text;
        }
    };
    assert_eq!(&welcome, b"* yo");
    assert_eq!(server.interrupt().status, Some(130));
}
