//! The sink fails, is shut down, or is closed: the pipe is closed, and what the source still has is still there.

use uvox_loop::Errno;
use uvox_stream::node::{HandleWrap, PipeEnd, Piped};

use super::{FLOOD, Got, over_all, pattern, send, shut};
use crate::common::{Seen, until};

/// Reads what the source has left, of which so much was taken.
fn read_the_rest(ends: &mut super::Ends, taken: usize) {
    let rest = Got::read(&mut ends.lp, ends.source);
    shut(&mut ends.lp, ends.from);
    until(&mut ends.lp, |_| !rest.errors().is_empty());
    assert!(rest.bytes() == pattern(taken..FLOOD), "{:?}", ends.how);
}

#[test]
fn a_sink_that_is_reset() {
    over_all(|ends| {
        let (_, seen) = ends.pipe();
        ends.get_stuck();
        let taken = ends.source.bytes_read(&ends.lp) as usize;
        // With something unread.
        ends.to.close(&mut ends.lp, |_| ());
        until(&mut ends.lp, |_| !seen.is_empty());
        let PipeEnd::Sink(errno) = seen.all()[0].end else {
            panic!("{:?}", seen.all());
        };
        assert!(
            [Errno::ECONNRESET, Errno::EPIPE].contains(&errno),
            "{errno}"
        );
        ends.settle();
        assert_eq!(ends.source.bytes_read(&ends.lp) as usize, taken);
        read_the_rest(ends, taken);
        assert_eq!(seen.len(), 1);
    });
}

/// Shut down by somebody else, after what it was given; who does so is told as ever.
#[test]
fn a_sink_that_is_shut_down() {
    for stuck in [false, true] {
        over_all(|ends| {
            let (_, seen) = ends.pipe();
            if stuck {
                ends.get_stuck();
            }
            let done = Seen::new();
            let record = done.clone();
            ends.sink
                .shutdown(&mut ends.lp, move |_, _, status| record.add(status))
                .unwrap();
            let taken = ends.source.bytes_read(&ends.lp) as usize;
            let got = Got::read(&mut ends.lp, ends.to);
            until(&mut ends.lp, |_| {
                !seen.is_empty() && !got.errors().is_empty()
            });
            assert_eq!(done.all(), [Ok(())]);
            assert_eq!(seen.all()[0].end, PipeEnd::Sink(Errno::EPIPE));
            assert!(got.bytes() == pattern(0..taken), "{:?}", ends.how);
        });
    }
}

#[test]
fn a_sink_that_is_closed() {
    for stuck in [false, true] {
        over_all(|ends| {
            let (pipe, seen) = ends.pipe();
            if stuck {
                ends.get_stuck();
            }
            let taken = ends.source.bytes_read(&ends.lp);
            ends.sink.close(&mut ends.lp, |_| ());
            assert!(seen.is_empty());
            until(&mut ends.lp, |cx| pipe.source(cx).is_none());
            let end = PipeEnd::Sink(Errno::ECANCELED);
            assert_eq!(seen.len(), 1);
            assert_eq!(seen.all()[0].end, end, "{:?}", ends.how);
            ends.settle();
            assert_eq!(ends.source.bytes_read(&ends.lp), taken);
            if stuck {
                read_the_rest(ends, taken as usize);
            }
        });
    }
}

#[test]
fn a_sink_that_cannot_be_written_to() {
    over_all(|ends| {
        shut(&mut ends.lp, ends.sink);
        ends.settle();
        let (pipe, seen) = ends.new_pipe(ends.options());
        pipe.start(&mut ends.lp).unwrap();
        send(&mut ends.lp, ends.from, b"to nobody");
        until(&mut ends.lp, |_| !seen.is_empty());
        let end = PipeEnd::Sink(Errno::EPIPE);
        assert_eq!(seen.all(), [Piped { end, bytes: 0 }]);
        // The source has stopped: what comes now waits for whoever reads it.
        let below = Got::heard(&mut ends.lp, ends.source);
        send(&mut ends.lp, ends.from, b"to somebody");
        ends.settle();
        assert_eq!(below.len(), 0);
        ends.source.read_start(&mut ends.lp).unwrap();
        until(&mut ends.lp, |_| below.len() == 11);
    });
}
