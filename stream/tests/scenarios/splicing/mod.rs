mod back_pressure;
mod close_anything_anywhere;
mod crosswise_and_to_itself;
mod ends_and_errors;
mod faults_at_splice;
mod order_of_what_the_sink_gets;
mod sixty_four_mib_through_a_slow_sink;
mod stop_loses_nothing;
mod what_cannot_be_spliced;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Ctx, Loop};
use uvox_stream::uv::{SpliceEnd, Spliced, Stream};

use crate::common::{Seen, stream_on, tcp_pair};

/// Anything that a peer is.
trait Peer: Read + Write + Into<OwnedFd> {
    fn pair() -> (Self, Self);
    fn wait(&self, wait: bool);
}

impl Peer for TcpStream {
    fn pair() -> (TcpStream, TcpStream) {
        tcp_pair()
    }

    fn wait(&self, wait: bool) {
        self.set_nonblocking(!wait).unwrap();
    }
}

impl Peer for UnixStream {
    fn pair() -> (UnixStream, UnixStream) {
        UnixStream::pair().unwrap()
    }

    fn wait(&self, wait: bool) {
        self.set_nonblocking(!wait).unwrap();
    }
}

/// A source and a sink, and the peers of both.
struct Both<From, To> {
    source: Stream,
    sink: Stream,
    from: From,
    to: To,
}

impl<From: Peer, To: Peer> Both<From, To> {
    fn new(lp: &mut Loop) -> Both<From, To> {
        let (source, from) = From::pair();
        let (sink, to) = To::pair();
        Both {
            source: stream_on(lp, source),
            sink: stream_on(lp, sink),
            from,
            to,
        }
    }

    /// Splices, and returns what is heard at the end.
    fn splice(&self, lp: &mut Loop) -> Seen<Spliced> {
        let seen = Seen::new();
        let record = seen.clone();
        let source = self.source;
        self.source
            .splice_to(lp, self.sink, move |_, stream, spliced| {
                assert_eq!(stream, source);
                record.add(spliced);
            })
            .unwrap();
        seen
    }
}

type Tcp = Both<TcpStream, TcpStream>;

/// An end that went well so far.
fn ended(end: SpliceEnd, bytes: usize) -> Spliced {
    Spliced {
        end,
        bytes: bytes as u64,
        rest: Default::default(),
    }
}

/// The byte that stands at a place; no two neighbouring stretches are alike.
fn byte_at(place: usize) -> u8 {
    (place ^ (place >> 8) ^ (place >> 16)) as u8
}

fn pattern(range: std::ops::Range<usize>) -> Vec<u8> {
    range.map(byte_at).collect()
}

/// Writes the pattern, from a place on, as far as there is room. Returns the place behind it.
fn flood(peer: &mut impl Peer, mut at: usize) -> usize {
    peer.wait(false);
    loop {
        match peer.write(&pattern(at..at + 50_000)) {
            Ok(count) => at += count,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                return at;
            }
        }
    }
}

/// Floods the source until its peer finds no more room, however often the loop goes around. Returns how much that was.
fn flood_all(lp: &mut Loop, peer: &mut impl Peer, splice: impl Fn(&Ctx) -> u64) -> usize {
    let mut sent = 0;
    loop {
        let before = (sent, splice(lp));
        sent = flood(peer, sent);
        for _ in 0..20 {
            lp.run(uvox_loop::RunMode::NoWait).unwrap();
        }
        if (sent, splice(lp)) == before {
            return sent;
        }
    }
}

/// All that a peer has now.
fn read_now(peer: &mut impl Peer) -> Vec<u8> {
    peer.wait(false);
    let mut got = Vec::new();
    let end = peer.read_to_end(&mut got);
    assert!(end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    got
}

/// Turn after turn, until a peer got so much.
fn read_all(lp: &mut Loop, peer: &mut impl Peer, total: usize) -> Vec<u8> {
    let mut got = read_now(peer);
    while got.len() < total {
        lp.run(uvox_loop::RunMode::NoWait).unwrap();
        got.extend(read_now(peer));
    }
    got
}
