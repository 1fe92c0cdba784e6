//! Whatever the kernel answers to a call, and to whichever, the stream goes on or ends as it says: nothing is lost, told twice, or left behind.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use bytes::Bytes;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};
use uvox_stream::uv::Stream;

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair, until};

const MESSAGES: usize = 6;

/// What happened to a stream that echoes.
struct Echo {
    stream: Stream,
    read: Seen<Result<Vec<u8>, Errno>>,
    written: Seen<(Result<(), Errno>, usize)>,
}

/// The other end, whatever it is.
trait Peer: Read + Write {}

impl<T: Read + Write> Peer for T {}

/// Two ends of a connection, and what is called to read from the first.
type Pair = (OwnedFd, Box<dyn Peer>, &'static str);

fn over_tcp() -> Pair {
    let (ours, theirs) = tcp_pair();
    (ours.into(), Box::new(theirs), "recv")
}

fn over_unix() -> Pair {
    let (ours, theirs) = UnixStream::pair().unwrap();
    // On Linux it is asked whether descriptors came along.
    let read = if cfg!(target_os = "linux") {
        "recvmsg"
    } else {
        "recv"
    };
    (ours.into(), Box::new(theirs), read)
}

/// How a pair is made, what call is to fail, and in how many pieces is echoed.
type Way = (fn() -> Pair, &'static str, usize);

/// A stream on each kind of socket, with what is called to read, to write, and to write pieces; and in how many pieces it echoes then.
fn ways() -> Vec<Way> {
    let pairs: [fn() -> Pair; 2] = [over_tcp, over_unix];
    let of = |pair: fn() -> Pair| [(pair, pair().2, 1), (pair, "send", 1), (pair, "sendmsg", 3)];
    pairs.into_iter().flat_map(of).collect()
}

fn is_read(name: &str) -> bool {
    name.starts_with("recv")
}

/// Echoes: each message in one call of this kind.
fn echo(lp: &mut Loop, ours: OwnedFd, pieces: usize) -> Echo {
    let stream = stream_on(lp, ours);
    let (read, written) = (Seen::new(), Seen::new());
    let (reads, writes) = (read.clone(), written.clone());
    stream
        .read_start(lp, move |cx, stream, got| {
            reads.add(got.map(<[u8]>::to_vec));
            let Ok(bytes) = got else { return };
            let size = bytes.len().div_ceil(pieces);
            let pieces: Vec<_> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
            let writes = writes.clone();
            // After an error, it is refused.
            let _ = stream.write_bytes(cx, pieces, move |_, _, written| {
                writes.add((written.status, written.bytes));
            });
        })
        .unwrap();
    Echo {
        stream,
        read,
        written,
    }
}

/// `EINTR`, `EAGAIN` and short counts: all arrives, once the kernel has spoken again.
#[test]
fn faults_that_pass() {
    let effects = [
        Effect::Fail(Errno::EINTR),
        Effect::Fail(Errno::EAGAIN),
        Effect::Short(1),
        Effect::Short(7),
    ];
    scenario(|| {
        for (pair, name, pieces) in ways() {
            for effect in effects {
                for nth in 1..=MESSAGES as u32 {
                    let mut lp = Loop::new().unwrap();
                    let (ours, mut peer, _) = pair();
                    let faults = fault::plan([Fault::new(name, nth, effect)]);
                    let echo = echo(&mut lp, ours, pieces);
                    let mut sent = Vec::new();
                    let is_all = |total: usize| {
                        let written = echo.written.all();
                        written.iter().map(|(_, count)| count).sum::<usize>() == total
                    };
                    // The last ones make the kernel speak again, if it was not believed before.
                    for number in 0..MESSAGES + 2 {
                        let bytes = [number as u8; 20];
                        sent.extend(bytes);
                        peer.write_all(&bytes).unwrap();
                        until(&mut lp, |_| faults.left() == 0 || is_all(sent.len()));
                    }
                    let total = sent.len();
                    until(&mut lp, |_| is_all(total));
                    assert!(echo.written.all().iter().all(|(status, _)| status.is_ok()));
                    assert_eq!(faults.left(), 0, "{name} {effect:?} {nth}");
                    let mut got = vec![0; total];
                    peer.read_exact(&mut got).unwrap();
                    assert_eq!(got, sent, "{name} {effect:?} {nth}");
                    close_and_end(lp, &[echo.stream]);
                }
            }
        }
    });
}

/// `ECONNRESET`: what was under way is told of it, and reading is over if it was a read.
#[test]
fn faults_that_last() {
    scenario(|| {
        let fail = Effect::Fail(Errno::ECONNRESET);
        for (pair, name, pieces) in ways() {
            for nth in 1..=MESSAGES {
                let mut lp = Loop::new().unwrap();
                let (ours, mut peer, _) = pair();
                let faults = fault::plan([Fault::new(name, nth as u32, fail)]);
                let echo = echo(&mut lp, ours, pieces);
                for number in 1..=nth {
                    peer.write_all(&[number as u8; 20]).unwrap();
                    until(&mut lp, |_| {
                        echo.read.len() == number && (is_read(name) || echo.written.len() == number)
                    });
                }
                assert_eq!(faults.left(), 0);
                let stream = echo.stream;
                if is_read(name) {
                    assert_eq!(echo.read.all()[nth - 1], Err(Errno::ECONNRESET));
                    assert!(!stream.is_reading(&lp) && !lp.is_active(stream));
                    assert!(!stream.is_readable(&lp) && !stream.is_writable(&lp));
                } else {
                    let last = echo.written.all()[nth - 1];
                    assert_eq!(last, (Err(Errno::ECONNRESET), 0));
                    assert!(stream.is_reading(&lp));
                    assert_eq!(stream.write_queue_size(&lp), 0);
                }
                let earlier = &echo.written.all()[..nth - 1];
                assert!(earlier.iter().all(|written| *written == (Ok(()), 20)));
                close_and_end(lp, &[stream]);
            }
        }
    });
}
