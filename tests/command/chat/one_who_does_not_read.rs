//! One who does not read does not hold up the room, takes no memory, and is dropped with a notice.

use super::Guest;
use crate::child::Uvox;

/// In lines; more than the kernel's buffers hold.
const MOST: usize = 100_000;

#[test]
fn is_dropped() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0"]);
    let slow = Guest::join(&place, "guest1", 1);
    let mut quick = Guest::join(&place, "guest2", 2);
    let text = "x".repeat(1000);
    let mut said = 0;
    loop {
        quick.say(&format!("b:{text}\n"));
        said += 1;
        // The room goes on for those who read.
        assert_eq!(quick.hear(), format!("guest2: {text}"));
        quick.say("l\n");
        let list = quick.hear();
        if list == "* guest1 left (too slow); 1 here" {
            quick.hears(&["* 1 here: guest2"]);
            break;
        }
        assert_eq!(list, "* 2 here: guest1, guest2");
        assert!(said < MOST, "it is never dropped");
    }
    drop(slow);
    if let Some(memory) = server.most_memory() {
        assert!(memory < 32 * 1024, "{memory} KiB");
    }
    drop(quick);
    assert_eq!(server.interrupt().status, Some(130));
}
