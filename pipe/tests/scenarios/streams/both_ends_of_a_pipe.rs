//! Handles on the ends of a `pipe(2)` and of a FIFO: each does the one thing that it can, to the end; a pipe cannot be shut down, and says so.

use std::fs::OpenOptions;
use std::process::Command;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{
    Seen, close, close_and_end, free_path, ipc_pair, keep_reading, scenario, until,
};

#[test]
fn written_to_one_and_read_from_the_other() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (reader, writer) = Pipe::ends(&mut lp).unwrap();
        assert!(reader.is_readable(&lp) && !reader.is_writable(&lp));
        assert!(!writer.is_readable(&lp) && writer.is_writable(&lp));
        assert_eq!(reader.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        let read = writer.read_start(&mut lp, |_, _, _| ());
        assert_eq!(read, Err(Errno::ENOTCONN));
        // Passing is not for them, and reading goes on as if nobody had asked.
        reader.pass_descriptors(&mut lp).unwrap();
        let (bytes, errors) = keep_reading(&mut lp, *reader);
        let flood: Vec<u8> = (0..1 << 20).map(|i| (i % 247) as u8).collect();
        let seen = Seen::new();
        for _ in 0..3 {
            let record = seen.clone();
            writer
                .write(&mut lp, &flood, move |_, _, written| {
                    record.add(written.status)
                })
                .unwrap();
        }
        let record = seen.clone();
        writer
            .shutdown(&mut lp, move |_, _, result| record.add(result))
            .unwrap();
        until(&mut lp, |_| seen.len() == 4);
        assert_eq!(seen.all(), [Ok(()), Ok(()), Ok(()), Err(Errno::ENOTSOCK)]);
        assert_eq!(writer.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        until(&mut lp, |_| bytes.len() == 3 * flood.len());
        assert!(bytes.all() == [&flood[..], &flood, &flood].concat());
        assert!(errors.is_empty(), "the end comes with the close");
        close(&mut lp, writer);
        until(&mut lp, |_| errors.len() == 1);
        assert_eq!(errors.all(), [Errno::EOF]);
        close_and_end(lp, &[reader]);
    });
}

#[test]
fn nobody_reads_any_more() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (reader, writer) = Pipe::ends(&mut lp).unwrap();
        close(&mut lp, reader);
        let seen = Seen::new();
        let record = seen.clone();
        writer
            .write(&mut lp, b"x", move |_, _, written| {
                record.add(written.status)
            })
            .unwrap();
        until(&mut lp, |_| seen.len() == 1);
        assert_eq!(seen.all(), [Err(Errno::EPIPE)]);
        close_and_end(lp, &[writer]);
    });
}

#[test]
fn through_a_fifo() {
    scenario(|| {
        let (_directory, path) = free_path();
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let mut lp = Loop::new().unwrap();
        // For both, so that neither open waits for the other.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        let both = Pipe::new(&mut lp);
        both.open(&mut lp, file.into()).unwrap();
        let writer = Pipe::new(&mut lp);
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        writer.open(&mut lp, file.into()).unwrap();
        assert!(both.is_readable(&lp) && both.is_writable(&lp));
        let (bytes, _) = keep_reading(&mut lp, *both);
        for word in [b"one", b"two"] {
            writer.write(&mut lp, word, |_, _, _| ()).unwrap();
        }
        until(&mut lp, |_| bytes.len() == 6);
        assert_eq!(bytes.all(), b"onetwo");
        close_and_end(lp, &[both, writer]);
        assert!(path.exists(), "it was not bound to it");
    });
}

#[test]
fn what_cannot_be_opened() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let file = tempfile::tempfile().unwrap();
        assert_eq!(pipe.open(&mut lp, file.into()), Err(Errno::EPERM));
        let (one, other) = ipc_pair(&mut lp);
        let (reader, writer) = uvox_loop::sys::pipe().unwrap();
        assert_eq!(one.open(&mut lp, reader), Err(Errno::EBUSY));
        close(&mut lp, one);
        assert_eq!(one.open(&mut lp, writer), Err(Errno::EINVAL));
        lp.run(RunMode::NoWait).unwrap();
        let (reader, _writer) = uvox_loop::sys::pipe().unwrap();
        assert_eq!(one.open(&mut lp, reader), Err(Errno::EBADF));
        close_and_end(lp, &[pipe, other]);
    });
}
