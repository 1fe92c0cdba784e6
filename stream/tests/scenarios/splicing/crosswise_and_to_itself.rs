//! A proxy: two streams, each spliced to the other. And an echo: one stream spliced to itself.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;
use std::thread;

use uvox_loop::{Loop, RunMode};
use uvox_stream::uv::SpliceEnd;

use super::{Both, Tcp, ended, pattern};
use crate::common::{Seen, close_and_end, end, scenario, stream_on, tcp_pair};

const TOTAL: usize = 8 << 20;

/// Writes the pattern, ends, and reads to the end.
fn talk(peer: TcpStream) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut writer = peer.try_clone().unwrap();
        let writing = thread::spawn(move || {
            writer.write_all(&pattern(0..TOTAL)).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut got = Vec::new();
        (&peer).read_to_end(&mut got).unwrap();
        writing.join().unwrap();
        got
    })
}

#[test]
fn a_proxy() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let Both {
            source: one,
            sink: other,
            from,
            to,
        }: Tcp = Both::new(&mut lp);
        let seen = Seen::new();
        let open = Rc::new(Cell::new(2));
        for (source, sink) in [(one, other), (other, one)] {
            let (record, open) = (seen.clone(), open.clone());
            source
                .splice_to(&mut lp, sink, move |cx, _, spliced| {
                    record.add(spliced);
                    sink.shutdown(cx, move |cx, _, result| {
                        result.unwrap();
                        open.set(open.get() - 1);
                        if open.get() == 0 {
                            cx.close(one, |_| ()).unwrap();
                            cx.close(other, |_| ()).unwrap();
                        }
                    })
                    .unwrap();
                })
                .unwrap();
        }
        let peers = [talk(from), talk(to)];
        assert!(!lp.run(RunMode::Default).unwrap());
        for peer in peers {
            assert!(peer.join().unwrap() == pattern(0..TOTAL));
        }
        let all = ended(SpliceEnd::Eof, TOTAL);
        assert_eq!(seen.all(), [all.clone(), all]);
        assert_eq!(lp.requests(), 0);
        end(lp);
    });
}

#[test]
fn an_echo() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .splice_to(&mut lp, stream, move |cx, stream, spliced| {
                record.add(spliced);
                stream.shutdown(cx, |_, _, result| result.unwrap()).unwrap();
            })
            .unwrap();
        let peer = talk(peer);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(peer.join().unwrap() == pattern(0..TOTAL));
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, TOTAL)]);
        close_and_end(lp, &[stream]);
    });
}
