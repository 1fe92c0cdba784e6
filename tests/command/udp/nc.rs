//! What is read is sent as datagrams, and what is in those that come is printed.

use std::fs::File;
use std::io::{Read, Write};

use super::{peer, receive};
use crate::child::{Uvox, noise, uvox};

#[test]
fn each_read_is_a_datagram() {
    let (peer, port) = peer();
    let mut client = Uvox::start(&["nc", "--udp", "--wait", "0", "127.0.0.1", &port]);
    for question in ["one", "two\nlines\n", "three"] {
        client.say(question.as_bytes());
        let (got, answer) = receive(&peer);
        assert_eq!(got, question.as_bytes());
        // One without bytes prints nothing.
        answer(b"");
        answer(format!("{}\n", got.len()).as_bytes());
        assert_eq!(client.line(), got.len().to_string());
    }
    let ended = client.end();
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, b"");
}

#[test]
fn answers_come_after_the_end_of_input() {
    let (peer, port) = peer();
    let mut client = Uvox::start(&["nc", "--udp", "--wait", "600000", "127.0.0.1", &port]);
    client.say(b"how many?");
    drop(client.stdin.take());
    let (_, answer) = receive(&peer);
    for line in ["seven", "or eight"] {
        answer(format!("{line}\n").as_bytes());
        assert_eq!(client.line(), line);
    }
}

#[test]
fn what_is_too_long_goes_in_several() {
    let (peer, port) = peer();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("long");
    let sent = noise(100_000);
    File::create(&path).unwrap().write_all(&sent).unwrap();
    let mut command = uvox(&["nc", "--udp", "--wait", "0", "127.0.0.1", &port]);
    command.stdin(File::open(&path).unwrap());
    let client = Uvox::spawn(&mut command);
    let mut got = Vec::new();
    while got.len() < sent.len() {
        let (piece, _) = receive(&peer);
        assert!((1..=65_507).contains(&piece.len()), "{}", piece.len());
        got.extend(piece);
    }
    assert!(got == sent, "it is not what was sent");
    assert_eq!(client.end().status, Some(0));
}

#[test]
fn a_name_is_looked_up() {
    let (peer, port) = peer();
    let (six, there_is_six) = match std::net::UdpSocket::bind(format!("[::1]:{port}")) {
        Ok(six) => (six, true),
        Err(_) => (peer.try_clone().unwrap(), false),
    };
    let mut client = Uvox::start(&["nc", "--udp", "--wait", "0", "localhost", &port]);
    client.say(b"who?");
    // Which of the two that name means is the system's affair.
    let heard = [&peer, &six].map(|socket| socket.set_nonblocking(there_is_six));
    assert!(heard.iter().all(Result::is_ok));
    let mut bytes = [0; 16];
    let length = loop {
        match peer.recv(&mut bytes).or_else(|_| six.recv(&mut bytes)) {
            Ok(length) => break length,
            Err(_) => std::thread::yield_now(),
        }
    };
    assert_eq!(&bytes[..length], b"who?");
    assert_eq!(client.end().status, Some(0));
}

/// Far more comes than anybody reads: it is lost, and not kept.
#[test]
fn nobody_reads_its_output() {
    let (peer, port) = peer();
    let mut client = Uvox::start(&["nc", "--udp", "--wait", "0", "127.0.0.1", &port]);
    client.say(b"begin");
    let (_, answer) = receive(&peer);
    let datagram = noise(60_000);
    for _ in 0..2000 {
        answer(&datagram);
    }
    let memory = client.most_memory();
    assert!(
        memory.is_none_or(|memory| memory < 32 * 1024),
        "{memory:?} KiB"
    );
    // It goes on where it is read: every datagram that is printed is whole.
    drop(client.stdin.take());
    let mut printed = Vec::new();
    let mut output = client.stdout.take().unwrap();
    output.read_to_end(&mut printed).unwrap();
    assert_eq!(printed.len() % datagram.len(), 0);
    assert!(
        printed
            .chunks(datagram.len())
            .all(|printed| printed == datagram)
    );
    assert_eq!(client.end().status, Some(0));
}
