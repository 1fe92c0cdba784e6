//! 64 MiB go from socket to socket, whoever is slow, in order and none twice; and this process sees not one byte of them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::OnceLock;
use std::thread;

use socket2::SockRef;
use uvox_loop::trace::{self, Layer, Recorder};
use uvox_loop::{Loop, READ_BYTES_PER_TURN, RunMode};
use uvox_stream::uv::SpliceEnd;

use super::{Both, Peer, ended, pattern};
use crate::common::{close_and_end, scenario};

const TOTAL: usize = 64 << 20;

/// What goes through.
fn all() -> &'static [u8] {
    static ALL: OnceLock<Vec<u8>> = OnceLock::new();
    ALL.get_or_init(|| pattern(0..TOTAL))
}

/// `step` is how much the sink's peer takes at once.
fn through<From: Peer + Send + 'static, To: Peer + Send + 'static>(
    end: fn(&From),
    step: usize,
    small: bool,
) {
    let mut lp = Loop::new().unwrap();
    let both: Both<From, To> = Both::new(&mut lp);
    if small {
        let fd = both.sink.fd(&mut lp).unwrap();
        SockRef::from(&fd).set_send_buffer_size(10_000).unwrap();
    }
    let seen = both.splice(&mut lp);
    let Both {
        mut from,
        mut to,
        source,
        sink,
    } = both;
    let writer = thread::spawn(move || {
        from.write_all(all()).unwrap();
        end(&from);
        from
    });
    let reader = thread::spawn(move || {
        let mut got = vec![0; step];
        let mut at = 0;
        while at < TOTAL {
            let most = step.min(TOTAL - at);
            let count = to.read(&mut got[..most]).unwrap();
            assert_ne!(count, 0, "the end comes behind {at} bytes");
            assert!(got[..count] == all()[at..at + count], "behind {at}");
            at += count;
            thread::yield_now();
        }
        to
    });
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(seen.all(), [ended(SpliceEnd::Eof, TOTAL)]);
    drop((writer.join().unwrap(), reader.join().unwrap()));
    assert!(sink.is_writable(&lp) && source.is_readable(&lp));
    close_and_end(lp, &[source, sink]);
}

fn end_tcp(peer: &TcpStream) {
    peer.shutdown(Shutdown::Write).unwrap();
}

fn end_unix(peer: &UnixStream) {
    peer.shutdown(Shutdown::Write).unwrap();
}

#[test]
fn sixty_four_mib_through_a_slow_sink() {
    scenario(|| {
        through::<TcpStream, TcpStream>(end_tcp, 1 << 16, false);
        through::<TcpStream, TcpStream>(end_tcp, 3_000, true);
        through::<UnixStream, TcpStream>(end_unix, 1 << 16, true);
        through::<TcpStream, UnixStream>(end_tcp, 1 << 16, true);
        through::<UnixStream, UnixStream>(end_unix, 1 << 16, false);
    });
}

/// No `recv`, no `send`; and no turn takes more than its share.
#[test]
fn nothing_comes_into_memory() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: super::Tcp = Both::new(&mut lp);
        let seen = both.splice(&mut lp);
        let Both {
            mut from, mut to, ..
        } = both;
        let total = 8 << 20;
        let writer = thread::spawn(move || {
            from.write_all(&pattern(0..total)).unwrap();
            from
        });
        let reader = thread::spawn(move || {
            let mut got = vec![0; total];
            to.read_exact(&mut got).unwrap();
            (to, got)
        });
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        crate::common::until(&mut lp, |cx| {
            let counts = both.sink.splice_counts(cx).unwrap();
            assert!(counts.taken - counts.given <= 1 << 16);
            counts.given == total as u64
        });
        trace::take();
        let events = recorder.events();
        let calls = events.iter().filter(|event| event.layer == Layer::Sys);
        let calls: Vec<_> = calls.map(|event| event.name).collect();
        assert!(calls.contains(&"splice"));
        for name in ["recv", "send", "sendmsg", "read", "write"] {
            assert!(!calls.contains(&name), "{name}");
        }
        let taken = events.iter().filter(|event| event.name == "stream.splice");
        let taken: Vec<_> = taken
            .filter_map(|event| match event.result {
                trace::Outcome::Done(count) => Some((event.turn, count as usize)),
                _ => None,
            })
            .collect();
        for turn in taken.chunk_by(|one, next| one.0 == next.0) {
            let bytes: usize = turn.iter().map(|(_, count)| count).sum();
            assert!(bytes < READ_BYTES_PER_TURN + (1 << 16), "{turn:?}");
        }
        let (to, got) = reader.join().unwrap();
        assert!(got == pattern(0..total));
        drop((writer.join().unwrap(), to));
        assert!(seen.is_empty());
        close_and_end(lp, &[both.source, both.sink]);
    });
}
