//! A sink's own writes, made before, meanwhile and after: each stands where it was made.

use std::io::Write;

use uvox_loop::{Errno, Loop};
use uvox_stream::uv::SpliceEnd;

use super::{Both, Tcp, ended, flood_all, pattern, read_all, read_now};
use crate::common::{Seen, close_and_end, scenario, until};

#[test]
fn queued_writes_go_first() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let written = Seen::new();
        let record = written.clone();
        let queued = 1 << 24;
        both.sink
            .write(&mut lp, &vec![7; queued], move |_, _, written| {
                record.add(written.status);
            })
            .unwrap();
        let seen = both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            mut to,
        } = both;
        from.write_all(b"behind").unwrap();
        drop(from);
        for _ in 0..20 {
            lp.run(uvox_loop::RunMode::NoWait).unwrap();
        }
        let counts = sink.splice_counts(&lp).unwrap();
        assert_eq!(counts.taken, 0, "there was no room for it");
        let got = read_all(&mut lp, &mut to, queued + 6);
        assert!(got[..queued].iter().all(|byte| *byte == 7));
        assert_eq!(&got[queued..], b"behind");
        until(&mut lp, |_| !seen.is_empty());
        assert_eq!(written.all(), [Ok(())]);
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, 6)]);
        close_and_end(lp, &[source, sink]);
    });
}

#[test]
fn a_write_stands_behind_what_was_taken_and_before_what_is_taken_later() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let seen = both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            mut to,
        } = both;
        // Nothing is on the way: it is sent at once.
        from.write_all(&pattern(0..100)).unwrap();
        until(&mut lp, |cx| sink.splice_counts(cx).unwrap().given == 100);
        sink.write(&mut lp, b"first", |_, _, _| ()).unwrap();
        assert_eq!(sink.try_write(&mut lp, b"second"), Ok(6));
        assert_eq!(sink.write_queue_size(&lp), 0);
        assert_eq!(read_all(&mut lp, &mut to, 111)[100..], b"firstsecond"[..]);

        let sent = flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        let counts = sink.splice_counts(&lp).unwrap();
        let on_the_way = (counts.taken - counts.given) as usize;
        assert!(on_the_way > 0);
        assert_eq!(sink.try_write(&mut lp, b"x"), Err(Errno::EAGAIN));
        let written = Seen::new();
        let record = written.clone();
        sink.write(&mut lp, b"in the middle", move |_, _, result| {
            record.add(result.bytes);
        })
        .unwrap();
        assert_eq!(sink.write_queue_size(&lp), on_the_way + 13);
        let got = read_all(&mut lp, &mut to, sent + 13);
        let taken = counts.taken as usize - 100;
        assert!(got[..taken] == pattern(0..taken));
        assert_eq!(&got[taken..taken + 13], b"in the middle");
        assert!(got[taken + 13..] == pattern(taken..sent));
        assert_eq!(written.all(), [13]);
        drop(from);
        until(&mut lp, |_| !seen.is_empty());
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, 100 + sent)]);
        close_and_end(lp, &[source, sink]);
    });
}

/// The kernel says at once that the sink has room again and something to read, and the reader, who comes first, writes: behind what is on the way.
#[test]
fn a_write_by_the_sinks_reader() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            mut to,
        } = both;
        let sent = flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        let seen = Seen::new();
        let record = seen.clone();
        sink.read_start(&mut lp, move |cx, sink, _| {
            let counts = sink.splice_counts(cx).unwrap();
            assert!(counts.taken > counts.given, "nothing is on the way");
            assert_eq!(sink.try_write(cx, b"x"), Err(Errno::EAGAIN));
            sink.write(cx, b"in the middle", |_, _, _| ()).unwrap();
            record.add(counts.taken as usize);
            sink.read_stop(cx).unwrap();
        })
        .unwrap();
        // All there is room for is made before the loop looks.
        let mut got = read_now(&mut to);
        to.write_all(b"y").unwrap();
        until(&mut lp, |_| !seen.is_empty());
        let left = sent + 13 - got.len();
        got.extend(read_all(&mut lp, &mut to, left));
        let taken = seen.all()[0];
        assert!(got[..taken] == pattern(0..taken));
        assert_eq!(&got[taken..taken + 13], b"in the middle");
        assert!(got[taken + 13..] == pattern(taken..sent));
        close_and_end(lp, &[source, sink]);
    });
}

/// Several writes wait behind an error. Each is told of it, and then the splice.
#[test]
fn writes_that_fail_before() {
    use uvox_loop::sys::fault::{self, Effect, Fault};
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let told = Seen::new();
        for number in 0..3 {
            let record = told.clone();
            both.sink
                .write(&mut lp, &vec![0; 1 << 24], move |_, _, written| {
                    record.add((number, written.status));
                })
                .unwrap();
        }
        let seen = both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            to,
        } = both;
        from.write_all(b"x").unwrap();
        // Whichever call sends what is queued.
        let fail = Effect::Fail(Errno::ETIMEDOUT);
        let faults = ["send", "sendmsg"]
            .map(|name| fault::plan((1..=3).map(|nth| Fault::new(name, nth, fail))));
        drop(to);
        until(&mut lp, |_| !seen.is_empty());
        drop(faults);
        let numbers: Vec<_> = told.all().iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [0, 1, 2]);
        assert!(told.all().iter().all(|(_, status)| status.is_err()));
        let spliced = seen.all().remove(0);
        assert!(matches!(spliced.end, SpliceEnd::Sink(_)), "{spliced:?}");
        assert_eq!((spliced.bytes, spliced.rest.as_ref()), (0, &b"x"[..]));
        close_and_end(lp, &[source, sink]);
    });
}
