//! `Poll` on an anonymous pipe and on a FIFO: data, the other end closed.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use uvox_loop::{Errno, Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn the_reading_end_of_a_pipe() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        let poll = Poll::new(&mut lp, &reader).unwrap();
        let seen = Seen::new();
        let read = seen.clone();
        poll.start(&mut lp, Interest::READABLE, move |cx, poll, events| {
            assert_eq!(events, Ok(Interest::READABLE));
            let mut bytes = [0; 64];
            match reader.read(&mut bytes).unwrap() {
                0 => close(cx, poll),
                count => read.add(String::from_utf8(bytes[..count].to_vec()).unwrap()),
            }
        })
        .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 0);
        writer.write_all(b"hello").unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.all(), ["hello"]);
        // Data and the end of it at once: the data comes first.
        writer.write_all(b"bye").unwrap();
        drop(writer);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["hello", "bye"]);
        end(lp);
    });
}

#[test]
fn the_writing_end_of_a_pipe() {
    scenario(|| {
        let mut lp = new_loop();
        let (reader, writer) = std::io::pipe().unwrap();
        let poll = Poll::new(&mut lp, &writer).unwrap();
        let seen = Seen::new();
        let events = seen.clone();
        poll.start(&mut lp, Interest::WRITABLE, move |_, _, result| {
            events.add(result)
        })
        .unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [Ok(Interest::WRITABLE)]);
        // Nobody reads any more: an error of the descriptor.
        drop(reader);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [Err(Errno::EBADF)]);
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_fifo() {
    scenario(|| {
        let mut lp = new_loop();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fifo");
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        let mut reader = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(&path)
            .unwrap();
        let mut writer = OpenOptions::new().write(true).open(&path).unwrap();
        let poll = Poll::new(&mut lp, &reader).unwrap();
        let seen = Seen::new();
        let read = seen.clone();
        poll.start(&mut lp, Interest::READABLE, move |cx, poll, _| {
            let mut bytes = [0; 16];
            let count = reader.read(&mut bytes).unwrap();
            read.add(count);
            if count == 0 {
                close(cx, poll);
            }
        })
        .unwrap();
        writer.write_all(b"12345").unwrap();
        lp.run(RunMode::Once).unwrap();
        drop(writer);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [5, 0]);
        end(lp);
    });
}
