//! Others at the same streams: a listener that comes later and wants the data, a user who stops the reading, and one who writes to the sink.

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::{Link, PipeEnd, StreamListener};
use uvox_stream::uv::ReadBuffer;

use super::{FLOOD, Got, over_all, pattern, send, shut};
use crate::common::{Seen, until};

/// Sees all data, and passes it on.
struct Counts(Seen<usize>);

impl StreamListener for Counts {
    fn on_alloc(&mut self, cx: &mut Ctx, at: Link, suggested: usize) -> Option<Vec<u8>> {
        at.pass_alloc(cx, suggested)
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        self.0.add(result.unwrap_or(0));
        at.pass_read(cx, buffer, result);
    }
}

#[test]
fn a_listener_that_comes_later() {
    for stuck in [false, true] {
        over_all(|ends| {
            let (pipe, seen) = ends.pipe();
            if stuck {
                ends.get_stuck();
            } else {
                send(&mut ends.lp, ends.from, &pattern(0..1000));
                until(&mut ends.lp, |cx| pipe.bytes(cx) == Some(1000));
            }
            let before = ends.source.bytes_read(&ends.lp) as usize;
            let counts = Seen::new();
            let listener = Counts(counts.clone());
            ends.source.push_listener(&mut ends.lp, listener).unwrap();
            let total = if stuck { FLOOD } else { 3000 };
            if !stuck {
                send(&mut ends.lp, ends.from, &pattern(1000..3000));
            }
            shut(&mut ends.lp, ends.from);
            let got = Got::read(&mut ends.lp, ends.to);
            until(&mut ends.lp, |_| {
                !seen.is_empty() && !got.errors().is_empty()
            });
            assert!(got.bytes() == pattern(0..total), "{:?}", ends.how);
            let counted: usize = counts.all().iter().sum();
            assert_eq!(counted, total - before, "{:?}", ends.how);
            assert_eq!(seen.all()[0].end, PipeEnd::Eof);
            assert_eq!(seen.all()[0].bytes, total as u64);
            assert_eq!(ends.source.bytes_read(&ends.lp), total as u64);
        });
    }
}

#[test]
fn stopping_and_starting() {
    over_all(|ends| {
        let (pipe, seen) = ends.pipe();
        let got = Got::read(&mut ends.lp, ends.to);
        for round in 1..4 {
            send(&mut ends.lp, ends.from, &[round; 100]);
            let piped = 100 * usize::from(round);
            until(&mut ends.lp, |_| got.len() == piped);
            ends.source.read_stop(&mut ends.lp).unwrap();
            ends.settle();
            send(&mut ends.lp, ends.from, b"");
            assert_eq!(got.len(), piped);
            ends.source.read_start(&mut ends.lp).unwrap();
        }
        // What comes while it is stopped waits.
        ends.source.read_stop(&mut ends.lp).unwrap();
        send(&mut ends.lp, ends.from, b"later");
        ends.settle();
        assert_eq!(got.len(), 300, "{:?}", ends.how);
        ends.source.read_start(&mut ends.lp).unwrap();
        shut(&mut ends.lp, ends.from);
        until(&mut ends.lp, |_| {
            !seen.is_empty() && !got.errors().is_empty()
        });
        assert_eq!(&got.bytes()[300..], b"later");
        assert_eq!(ends.source.bytes_read(&ends.lp), 305);
        until(&mut ends.lp, |cx| pipe.source(cx).is_none());
    });
}

/// Each write stands where it was made, and whoever made it is told.
#[test]
fn other_writes_to_the_sink() {
    over_all(|ends| {
        let (pipe, seen) = ends.pipe();
        ends.get_stuck();
        let taken = pipe.bytes(&ends.lp).unwrap() as usize;
        let done = Seen::new();
        let record = done.clone();
        let inserted = bytes::Bytes::from_static(b"in the middle");
        let written = ends
            .sink
            .write_bytes(&mut ends.lp, inserted, move |_, _, status| {
                record.add(status);
            });
        assert!(written.is_async);
        let got = Got::read(&mut ends.lp, ends.to);
        shut(&mut ends.lp, ends.from);
        until(&mut ends.lp, |_| {
            !seen.is_empty() && !got.errors().is_empty()
        });
        let got = got.bytes();
        assert!(got[..taken] == pattern(0..taken), "{:?}", ends.how);
        assert_eq!(&got[taken..taken + 13], b"in the middle");
        assert!(got[taken + 13..] == pattern(taken..FLOOD), "{:?}", ends.how);
        assert_eq!(done.all(), [Ok(())]);
        assert_eq!(seen.all()[0].bytes, FLOOD as u64);
        assert_eq!(ends.sink.bytes_written(&ends.lp), FLOOD as u64 + 13);
    });
}
