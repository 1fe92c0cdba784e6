//! All that can be said in the room, and who hears it.

use std::net::Shutdown;

use rustix::process::Signal;

use super::Guest;
use crate::child::Uvox;

#[test]
fn of_three() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0"]);
    let mut a = Guest::join(&place, "guest1", 1);
    let mut b = Guest::join(&place, "guest2", 2);
    a.hears(&["* guest2 joined; 2 here"]);
    a.say("n:alice\r\n");
    a.hears(&["* guest1 is called alice now"]);
    b.hears(&["* guest1 is called alice now"]);
    b.say("n:Alice\nn:bob\n");
    b.hears(&["! the name Alice is taken", "* guest2 is called bob now"]);
    a.hears(&["* guest2 is called bob now"]);
    let mut c = Guest::join(&place, "guest3", 3);
    a.hears(&["* guest3 joined; 3 here"]);
    b.hears(&["* guest3 joined; 3 here"]);

    b.say("b:hello: all of you\n");
    for guest in [&mut a, &mut b, &mut c] {
        guest.hears(&["bob: hello: all of you"]);
    }
    b.say("c:alice:psst: you\nc:nobody:hm\nl\n");
    a.hears(&["bob (to you): psst: you"]);
    b.hears(&[
        "bob (to alice): psst: you",
        "! there is no nobody here",
        "* 3 here: alice, bob, guest3",
    ]);
    c.say("what?\n");
    assert!(c.hear().starts_with("! unknown command; "));

    b.say("byebye\n");
    b.hears(&["* bye, bob", ""]);
    a.hears(&["* bob left; 2 here"]);
    c.hears(&["* bob left; 2 here"]);
    // One who hangs up without a word is heard to leave, too, and the name is free.
    c.socket.shutdown(Shutdown::Both).unwrap();
    a.hears(&["* guest3 left; 1 here"]);
    a.say("n:bob\n");
    a.hears(&["* alice is called bob now"]);

    // When it ends, it tells them, and they go.
    server.signal(Signal::INT);
    a.hears(&[""]);
    drop(a);
    let ended = server.end();
    assert_eq!(ended.status, Some(130));
    assert!(
        ended.one_line().starts_with("uvox: interrupted: "),
        "{ended:?}"
    );
}

/// Who ends at once still hears the answers.
#[test]
fn of_one_who_ends_first() {
    let (server, place) = Uvox::serve(&["chat", "--port", "0"]);
    let mut a = Guest::join(&place, "guest1", 1);
    let mut b = Guest::join(&place, "guest2", 2);
    a.hears(&["* guest2 joined; 2 here"]);
    b.say("l\nb:the last has no end");
    b.socket.shutdown(Shutdown::Write).unwrap();
    b.hears(&[
        "* 2 here: guest1, guest2",
        "guest2: the last has no end",
        "",
    ]);
    a.hears(&["guest2: the last has no end", "* guest2 left; 1 here"]);
    assert_eq!(server.interrupt().status, Some(130));
}

#[test]
fn its_protocol_is_in_its_help() {
    let ended = Uvox::start(&["chat", "--help"]).end();
    let help = String::from_utf8(ended.stdout).unwrap();
    for command in ["b:text", "c:name:text", "n:name", "byebye"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
}
