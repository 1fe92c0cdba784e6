//! A stream on one end of a pipe: it reads to the end, or writes until nobody reads, and does not do the other.

use std::os::fd::AsFd;

use uvox_loop::{Errno, Loop, RunMode, sys};

use crate::common::{Seen, close_and_end, scenario, stream_on, until};

#[test]
fn the_reading_end() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (reader, writer) = sys::pipe().unwrap();
        let stream = stream_on(&mut lp, reader);
        assert!(stream.is_readable(&lp) && !stream.is_writable(&lp));
        assert_eq!(stream.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EPIPE));
        assert_eq!(stream.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |_, _, got| {
                record.add(got.map(<[u8]>::to_vec))
            })
            .unwrap();
        for word in [b"one", b"two"] {
            let before = seen.len();
            sys::write(writer.as_fd(), word).unwrap();
            until(&mut lp, |_| seen.len() > before);
        }
        sys::write(writer.as_fd(), b"last").unwrap();
        drop(writer);
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [
            Ok(b"one".to_vec()),
            Ok(b"two".to_vec()),
            Ok(b"last".to_vec()),
            Err(Errno::EOF),
        ];
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn the_writing_end() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (reader, writer) = sys::pipe().unwrap();
        let stream = stream_on(&mut lp, writer);
        assert!(!stream.is_readable(&lp) && stream.is_writable(&lp));
        let refused = stream.read_start(&mut lp, |_, _, _| ());
        assert_eq!(refused, Err(Errno::ENOTCONN));
        let seen = Seen::new();
        let flood: Vec<u8> = (0..1 << 19).map(|i| (i % 251) as u8).collect();
        for _ in 0..3 {
            let record = seen.clone();
            stream
                .write(&mut lp, &flood, move |_, _, written| {
                    record.add((written.status, written.bytes));
                })
                .unwrap();
        }
        let mut got = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        while seen.is_empty() {
            match sys::read(reader.as_fd(), &mut buffer) {
                Ok(count) => got.extend_from_slice(&buffer[..count]),
                Err(errno) => assert_eq!(errno, Errno::EAGAIN),
            }
            lp.run(RunMode::NoWait).unwrap();
        }
        assert!(got[..] == [&flood[..], &flood].concat()[..got.len()]);
        drop(reader);
        until(&mut lp, |_| seen.len() == 2);
        let seen = seen.all();
        assert_eq!(seen[0], (Ok(()), flood.len()));
        assert_eq!(seen[1].0, Err(Errno::EPIPE));
        assert_eq!(
            stream.try_write(&mut lp, b"x"),
            Err(Errno::EAGAIN),
            "one is queued"
        );
        close_and_end(lp, &[stream]);
    });
}
