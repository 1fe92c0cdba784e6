//! Taken apart in the middle, and put together again: what was read goes to the sink, the rest to whoever reads then.

use uvox_loop::{Errno, RunMode};
use uvox_stream::node::{HandleWrap, PipeEnd, Piped};

use super::{FLOOD, Got, over_all, pattern, send, shut};
use crate::common::until;

#[test]
fn while_a_write_waits() {
    over_all(|ends| {
        let (pipe, seen) = ends.pipe();
        ends.get_stuck();
        let taken = ends.source.bytes_read(&ends.lp) as usize;
        pipe.unpipe(&mut ends.lp);
        pipe.unpipe(&mut ends.lp);
        assert!(pipe.is_closed(&ends.lp));
        assert_eq!(pipe.start(&mut ends.lp), Err(Errno::EINVAL));
        assert!(seen.is_empty(), "told from inside a call");
        assert_eq!(pipe.pending_writes(&ends.lp), 1);
        until(&mut ends.lp, |_| !seen.is_empty());
        let (end, bytes) = (PipeEnd::Unpiped, taken as u64);
        assert_eq!(seen.all(), [Piped { end, bytes }]);

        // The source was not being read, and now is.
        assert_eq!(ends.source.bytes_read(&ends.lp), bytes, "{:?}", ends.how);
        let rest = Got::read(&mut ends.lp, ends.source);
        shut(&mut ends.lp, ends.from);
        while rest.errors().is_empty() {
            ends.lp.run(RunMode::Once).unwrap();
            let waits = ends.sink.write_queue_size(&ends.lp) > 0;
            // The kernel may take all of it; in memory nobody does.
            assert!(waits || ends.sink_is_the_kernels());
            assert!(!waits || pipe.source(&ends.lp).is_some(), "its write waits");
        }
        assert!(rest.bytes() == pattern(taken..FLOOD), "{:?}", ends.how);
        let got = Got::read(&mut ends.lp, ends.to);
        until(&mut ends.lp, |cx| pipe.source(cx).is_none());
        ends.settle();
        assert!(got.bytes() == pattern(0..taken), "{:?}", ends.how);
        assert_eq!(got.errors(), [], "nobody shut the sink down");
        assert_eq!(ends.source.bytes_read(&ends.lp), FLOOD as u64);
        assert_eq!(ends.sink.bytes_written(&ends.lp), bytes);
        assert_eq!(seen.len(), 1);
        assert_eq!(pipe.start(&mut ends.lp), Err(Errno::EBADF));
    });
}

/// The source goes on reading, for those who were there before.
#[test]
fn while_nothing_happens() {
    over_all(|ends| {
        let below = Got::heard(&mut ends.lp, ends.source);
        let got = Got::read(&mut ends.lp, ends.to);
        for round in 0..3 {
            let (pipe, seen) = ends.pipe();
            send(&mut ends.lp, ends.from, b"piped");
            until(&mut ends.lp, |_| got.len() == 5 * (round + 1));
            pipe.unpipe(&mut ends.lp);
            send(&mut ends.lp, ends.from, b"read");
            until(&mut ends.lp, |_| below.len() == 4 * (round + 1));
            until(&mut ends.lp, |cx| pipe.source(cx).is_none());
            let (end, bytes) = (PipeEnd::Unpiped, 5);
            assert_eq!(seen.all(), [Piped { end, bytes }]);
        }
        assert_eq!(got.bytes(), b"pipedpipedpiped");
        assert_eq!(below.bytes(), b"readreadread");
        assert_eq!(ends.source.bytes_read(&ends.lp), 27);
        assert_eq!(ends.sink.bytes_written(&ends.lp), 15);
    });
}

/// One that was never started is closed like any other, by hand or with a stream.
#[test]
fn never_started() {
    over_all(|ends| {
        let (one, first) = ends.new_pipe(ends.options());
        let (_other, second) = ends.new_pipe(ends.options());
        one.unpipe(&mut ends.lp);
        until(&mut ends.lp, |_| !first.is_empty());
        assert_eq!(first.all()[0].end, PipeEnd::Unpiped);
        ends.source.close(&mut ends.lp, |_| ());
        until(&mut ends.lp, |_| !second.is_empty());
        assert_eq!(second.all()[0].end, PipeEnd::Source(Errno::EPIPE));
        assert_eq!(first.len(), 1);
    });
}
