//! What is queued is sent on after interruptions, refusals and short counts, and arrives as it was written; an error ends it where it came, with what was
//! sent before it told.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use bytes::Bytes;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::uv::Stream;

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair};

/// More than a socket holds, in several writes.
const WRITES: usize = 12;
const SIZE: usize = 1 << 20;

/// A peer that reads when it is told to.
trait Peer: Read + Write {
    fn never_wait(&self);
}

impl Peer for TcpStream {
    fn never_wait(&self) {
        self.set_nonblocking(true).unwrap();
    }
}

impl Peer for UnixStream {
    fn never_wait(&self) {
        self.set_nonblocking(true).unwrap();
    }
}

/// A stream with all of it queued, and its peer.
struct Queued {
    lp: Loop,
    stream: Stream,
    peer: Box<dyn Peer>,
    written: Seen<(Result<(), Errno>, usize)>,
}

fn queued(is_unix: bool) -> Queued {
    let mut lp = Loop::new().unwrap();
    let (stream, peer): (Stream, Box<dyn Peer>) = if is_unix {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (stream_on(&mut lp, ours), Box::new(theirs))
    } else {
        let (ours, theirs) = tcp_pair();
        (stream_on(&mut lp, ours), Box::new(theirs))
    };
    peer.never_wait();
    // What the peer sends makes the kernel speak of the stream again.
    stream.read_start(&mut lp, |_, _, _| ()).unwrap();
    let written = Seen::new();
    for number in 0..WRITES {
        let record = written.clone();
        let bytes = Bytes::from(vec![number as u8; SIZE]);
        stream
            .write_bytes(&mut lp, [bytes], move |_, _, written| {
                record.add((written.status, written.bytes));
            })
            .unwrap();
    }
    assert!(stream.write_queue_size(&lp) > 0, "it did not fit");
    Queued {
        lp,
        stream,
        peer,
        written,
    }
}

/// The peer reads what there is, and says a word.
fn drain(queued: &mut Queued, got: &mut Vec<u8>) {
    let end = queued.peer.read_to_end(got).unwrap_err();
    assert_eq!(end.kind(), std::io::ErrorKind::WouldBlock);
    queued.peer.write_all(b"x").unwrap();
    queued.lp.run(RunMode::NoWait).unwrap();
}

#[test]
fn faults_that_pass() {
    let effects = [
        Effect::Fail(Errno::EINTR),
        Effect::Fail(Errno::EAGAIN),
        Effect::Short(1),
        Effect::Short(1000),
    ];
    scenario(|| {
        for is_unix in [false, true] {
            for effect in effects {
                let mut queued = queued(is_unix);
                let names = ["send", "sendmsg"];
                let faults = fault::plan(names.map(|name| Fault::new(name, 1, effect)));
                let mut got = Vec::new();
                while queued.written.len() < WRITES {
                    drain(&mut queued, &mut got);
                }
                assert!(faults.left() < 2, "one of them was met");
                assert_eq!(queued.written.all(), [(Ok(()), SIZE); WRITES]);
                while got.len() < WRITES * SIZE {
                    drain(&mut queued, &mut got);
                }
                let in_order = |(number, part): (usize, &[u8])| {
                    part.iter().all(|byte| usize::from(*byte) == number)
                };
                assert!(got.chunks(SIZE).enumerate().all(in_order));
                drop(faults);
                close_and_end(queued.lp, &[queued.stream]);
            }
        }
    });
}

#[test]
fn an_error_in_the_middle() {
    scenario(|| {
        for is_unix in [false, true] {
            let mut queued = queued(is_unix);
            let fail = Effect::Fail(Errno::ECONNRESET);
            let faults = fault::plan([Fault::new("sendmsg", 1, fail)]);
            let mut got = Vec::new();
            while faults.left() > 0 {
                drain(&mut queued, &mut got);
            }
            while !queued
                .written
                .all()
                .iter()
                .any(|(status, _)| status.is_err())
            {
                drain(&mut queued, &mut got);
            }
            let written = queued.written.all();
            let (last, whole) = written.split_last().unwrap();
            assert_eq!(last.0, Err(Errno::ECONNRESET));
            assert!(whole.iter().all(|write| *write == (Ok(()), SIZE)));
            // The rest waits for what its user makes of that: here, a close.
            assert!(queued.stream.write_queue_size(&queued.lp) > 0);
            let told = queued.written.clone();
            close_and_end(queued.lp, &[queued.stream]);
            assert_eq!(told.len(), WRITES);
            let cancelled = |write: &(Result<(), Errno>, usize)| write.0 == Err(Errno::ECANCELED);
            assert!(told.all()[written.len()..].iter().all(cancelled));
            // What was told to be sent has arrived, and no more.
            queued.peer.read_to_end(&mut got).unwrap();
            let sent: usize = told.all().iter().map(|(_, count)| count).sum();
            assert_eq!(got.len(), sent);
        }
    });
}
