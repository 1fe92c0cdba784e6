//! The source's end is told to those below, and is the sink's end, after all that is queued; so is its error, and its close.

use uvox_loop::Errno;
use uvox_stream::node::{HandleWrap, PipeEnd, PipeOptions, Piped};

use super::{FLOOD, Got, How, over_all, pattern, send, shut};
use crate::common::until;

#[test]
fn the_end_and_the_other_way() {
    over_all(|ends| {
        let below = Got::heard(&mut ends.lp, ends.source);
        let (pipe, seen) = ends.pipe();
        let got = Got::read(&mut ends.lp, ends.to);
        send(&mut ends.lp, ends.from, b"last words");
        shut(&mut ends.lp, ends.from);
        assert!(seen.is_empty());
        until(&mut ends.lp, |_| {
            !seen.is_empty() && !got.errors().is_empty()
        });
        assert_eq!(
            (got.bytes(), got.errors()),
            (b"last words".to_vec(), vec![Errno::EOF])
        );
        assert_eq!((below.bytes(), below.errors()), (vec![], vec![Errno::EOF]));
        let end = PipeEnd::Eof;
        assert_eq!(seen.all(), [Piped { end, bytes: 10 }]);
        assert!(pipe.is_closed(&ends.lp));

        // The other way stays open, to each of them.
        let answers = [(ends.to, ends.sink), (ends.source, ends.from)];
        for (writer, reader) in answers {
            send(&mut ends.lp, writer, b"answer");
            let got = Got::read(&mut ends.lp, reader);
            until(&mut ends.lp, |_| got.len() == 6);
        }
        assert_eq!(seen.len(), 1);
    });
}

#[test]
fn the_end_behind_a_write_that_waits() {
    over_all(|ends| {
        let (_, seen) = ends.pipe();
        ends.get_stuck();
        shut(&mut ends.lp, ends.from);
        ends.settle();
        assert!(seen.is_empty());
        let got = Got::read(&mut ends.lp, ends.to);
        until(&mut ends.lp, |_| !got.errors().is_empty());
        assert!(got.bytes() == pattern(0..FLOOD));
        assert_eq!(seen.all()[0].end, PipeEnd::Eof);
    });
}

#[test]
fn an_end_that_is_not_the_sinks() {
    over_all(|ends| {
        let options = PipeOptions {
            end: false,
            ..ends.options()
        };
        let (pipe, seen) = ends.new_pipe(options);
        pipe.start(&mut ends.lp).unwrap();
        let got = Got::read(&mut ends.lp, ends.to);
        send(&mut ends.lp, ends.from, b"one");
        shut(&mut ends.lp, ends.from);
        until(&mut ends.lp, |_| !seen.is_empty());
        send(&mut ends.lp, ends.sink, b", and more");
        until(&mut ends.lp, |_| got.len() == 13);
        assert_eq!(got.bytes(), b"one, and more");
        assert_eq!(got.errors(), []);
    });
}

#[test]
fn a_source_that_is_reset() {
    over_all(|ends| {
        let below = Got::heard(&mut ends.lp, ends.source);
        let (_, seen) = ends.pipe();
        let got = Got::read(&mut ends.lp, ends.to);
        send(&mut ends.lp, ends.from, b"before");
        until(&mut ends.lp, |_| got.len() == 6);
        // Closed with something unread, the other end breaks off.
        send(&mut ends.lp, ends.source, b"unread");
        ends.settle();
        ends.from.close(&mut ends.lp, |_| ());
        until(&mut ends.lp, |_| {
            !seen.is_empty() && !got.errors().is_empty()
        });
        let end = PipeEnd::Source(Errno::ECONNRESET);
        assert_eq!(seen.all(), [Piped { end, bytes: 6 }]);
        assert_eq!(below.errors(), [Errno::ECONNRESET]);
        assert_eq!(
            got.errors(),
            [Errno::EOF],
            "the sink is shut down all the same"
        );
    });
}

/// What was read arrives, and then the end.
#[test]
fn a_source_that_is_closed() {
    for stuck in [false, true] {
        over_all(|ends| {
            let below = Got::heard(&mut ends.lp, ends.source);
            let (_, seen) = ends.pipe();
            if stuck {
                ends.get_stuck();
            }
            let taken = ends.source.bytes_read(&ends.lp);
            ends.source.close(&mut ends.lp, |_| ());
            assert!(seen.is_empty());
            ends.settle();
            assert_eq!(seen.is_empty(), stuck, "{:?}", ends.how);
            let got = Got::read(&mut ends.lp, ends.to);
            until(&mut ends.lp, |_| !got.errors().is_empty());
            assert!(got.bytes() == pattern(0..taken as usize));
            assert_eq!(got.errors(), [Errno::EOF]);
            let end = PipeEnd::Source(Errno::EPIPE);
            until(&mut ends.lp, |_| !seen.is_empty());
            assert_eq!(seen.all(), [Piped { end, bytes: taken }]);
            assert_eq!(below.errors(), [Errno::EPIPE]);
        });
    }
}

/// It was read before the pipe came, which changes nothing.
#[test]
fn a_source_that_is_read_already() {
    over_all(|ends| {
        let below = Got::read(&mut ends.lp, ends.source);
        send(&mut ends.lp, ends.from, b"for them");
        until(&mut ends.lp, |_| below.len() == 8);
        let (_, seen) = ends.pipe();
        let got = Got::read(&mut ends.lp, ends.to);
        send(&mut ends.lp, ends.from, b"for us");
        until(&mut ends.lp, |_| got.len() == 6);
        assert_eq!(below.bytes(), b"for them");
        assert!(seen.is_empty());
        if ends.how == How::Spliced {
            assert_eq!(ends.source.bytes_read(&ends.lp), 14);
        }
    });
}
