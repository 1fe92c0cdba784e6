//! A proxy of two pipes; and a stream that is its own sink.

use uvox_loop::Errno;
use uvox_stream::node::PipeEnd;

use super::{Got, How, IS_LINUX, over_all, pattern, send, shut};
use crate::common::until;

const TOTAL: usize = 4 << 20;

#[test]
fn a_proxy() {
    over_all(|ends| {
        let (source, sink) = (ends.source, ends.sink);
        let pipes = [(source, sink), (sink, source)].map(|(one, other)| {
            let (pipe, seen) = ends.pipe_between(one, other, ends.options());
            pipe.start(&mut ends.lp).unwrap();
            (pipe, seen)
        });
        for (pipe, _) in &pipes {
            assert_eq!(
                pipe.is_spliced(&ends.lp),
                ends.is_spliced(),
                "{:?}",
                ends.how
            );
        }
        let got = [ends.to, ends.from].map(|peer| Got::read(&mut ends.lp, peer));
        for peer in [ends.from, ends.to] {
            send(&mut ends.lp, peer, &pattern(0..TOTAL));
            shut(&mut ends.lp, peer);
        }
        until(&mut ends.lp, |_| {
            pipes.iter().all(|(_, seen)| !seen.is_empty())
                && got.iter().all(|got| !got.errors().is_empty())
        });
        for ((_, seen), got) in pipes.iter().zip(&got) {
            assert!(got.bytes() == pattern(0..TOTAL), "{:?}", ends.how);
            assert_eq!(got.errors(), [Errno::EOF]);
            assert_eq!((seen.len(), seen.all()[0].end), (1, PipeEnd::Eof));
            assert_eq!(seen.all()[0].bytes, TOTAL as u64);
        }
    });
}

#[test]
fn an_echo() {
    over_all(|ends| {
        let source = ends.source;
        let (pipe, seen) = ends.pipe_between(source, source, ends.options());
        pipe.start(&mut ends.lp).unwrap();
        let both = ends.is_spliced() || (IS_LINUX && ends.how == How::TcpToMemory);
        assert_eq!(pipe.is_spliced(&ends.lp), both);
        let got = Got::read(&mut ends.lp, ends.from);
        send(&mut ends.lp, ends.from, &pattern(0..TOTAL));
        shut(&mut ends.lp, ends.from);
        until(&mut ends.lp, |_| {
            !seen.is_empty() && !got.errors().is_empty()
        });
        assert!(got.bytes() == pattern(0..TOTAL), "{:?}", ends.how);
        assert_eq!((seen.len(), seen.all()[0].end), (1, PipeEnd::Eof));
        assert_eq!(source.bytes_read(&ends.lp), TOTAL as u64);
        assert_eq!(source.bytes_written(&ends.lp), TOTAL as u64);
    });
}
