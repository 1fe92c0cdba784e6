//! Source, sink or both are closed, from outside and in every callback there is. What it comes to is told once, and nothing is lost.

use std::io::Write;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Loop, Phase, RunMode};
use uvox_stream::uv::{SpliceEnd, Spliced, Stream};

use super::{Both, Peer, Tcp, ended, flood_all, pattern, read_all};
use crate::common::{Seen, end, scenario};

/// Which are closed, in this order.
const WHICH: [&[usize]; 4] = [&[0], &[1], &[0, 1], &[1, 0]];

/// Closes those of the two, source and sink, that are open still.
fn close(cx: &mut Ctx, streams: [Stream; 2], which: &[usize]) {
    for i in which {
        if !cx.is_closing(streams[*i]) {
            cx.close(streams[*i], |_| ()).unwrap();
        }
    }
}

fn close_rest_and_end(mut lp: Loop, streams: [Stream; 2]) {
    close(&mut lp, streams, &[0, 1]);
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(lp.requests(), 0);
    end(lp);
}

#[test]
fn closed_from_outside() {
    scenario(|| {
        for full in [false, true] {
            for which in WHICH {
                let mut lp = Loop::new().unwrap();
                let both: Tcp = Both::new(&mut lp);
                let seen = both.splice(&mut lp);
                let Both {
                    source,
                    sink,
                    mut from,
                    mut to,
                } = both;
                if full {
                    flood_all(&mut lp, &mut from, move |cx| {
                        sink.splice_counts(cx).unwrap().given
                    });
                }
                let counts = sink.splice_counts(&lp).unwrap();
                close(&mut lp, [source, sink], which);
                assert!(seen.is_empty(), "told from inside a call");
                let (taken, given) = (counts.taken as usize, counts.given as usize);
                if which == [0] {
                    assert!(read_all(&mut lp, &mut to, taken) == pattern(0..taken));
                }
                assert!(!lp.run(RunMode::Default).unwrap());
                let lost = which.contains(&1);
                let expected = Spliced {
                    end: if lost && (full || which[0] == 1) {
                        SpliceEnd::Sink(Errno::ECANCELED)
                    } else {
                        SpliceEnd::Source(Errno::ECANCELED)
                    },
                    bytes: if lost { given } else { taken } as u64,
                    rest: pattern(if lost { given } else { taken }..taken).into(),
                };
                assert_eq!(seen.all(), [expected], "{which:?} {full}");
                close_rest_and_end(lp, [source, sink]);
            }
        }
    });
}

/// It is told in the closing phase, before what is queued behind it.
#[test]
fn the_order_when_a_sink_is_closed() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            to: _to,
        } = both;
        let seen = Seen::new();
        let record = seen.clone();
        source
            .splice_to(&mut lp, sink, move |cx, _, spliced| {
                assert_eq!(cx.phase(), Phase::Closing);
                assert_eq!(spliced.end, SpliceEnd::Sink(Errno::ECANCELED));
                record.add("spliced");
            })
            .unwrap();
        flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        let (record, shut) = (seen.clone(), seen.clone());
        sink.write(&mut lp, b"x", move |_, _, written| {
            assert_eq!(written.status, Err(Errno::ECANCELED));
            record.add("written");
        })
        .unwrap();
        sink.shutdown(&mut lp, move |_, _, result| {
            assert_eq!(result, Err(Errno::ECANCELED));
            shut.add("shut");
        })
        .unwrap();
        let record = seen.clone();
        lp.close(sink, move |_| record.add("closed")).unwrap();
        assert!(!source.is_splicing(&lp));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["spliced", "written", "shut", "closed"]);
        close_rest_and_end(lp, [source, sink]);
    });
}

type Act = Rc<dyn Fn(&mut Ctx)>;

/// What leads to a callback of one kind, in which something is done.
type Lead = fn(&mut Loop, [Stream; 2], Act);

const CALLBACKS: [(&str, Lead); 4] = [
    ("written", |lp, [_, sink], act| {
        sink.write(lp, b"x", move |cx, _, _| act(cx)).unwrap();
    }),
    ("shut", |lp, [_, sink], act| {
        sink.shutdown(lp, move |cx, _, _| act(cx)).unwrap();
    }),
    ("read from the sink", |lp, [_, sink], act| {
        sink.read_start(lp, move |cx, _, _| act(cx)).unwrap();
    }),
    ("written to the source", |lp, [source, _], act| {
        source.write(lp, b"x", move |cx, _, _| act(cx)).unwrap();
    }),
];

#[test]
fn closed_in_every_callback() {
    scenario(|| {
        for (name, start) in CALLBACKS {
            for which in WHICH {
                let mut lp = Loop::new().unwrap();
                let both: Tcp = Both::new(&mut lp);
                let seen = both.splice(&mut lp);
                let Both {
                    source,
                    sink,
                    mut from,
                    mut to,
                } = both;
                if name == "read from the sink" {
                    to.write_all(b"y").unwrap();
                }
                // As much of it as there is room for.
                from.wait(false);
                let sent = from.write(&pattern(0..100_000)).unwrap();
                assert!(sent > 0, "{name} {which:?}");
                let acted = Seen::new();
                let record = acted.clone();
                let act = move |cx: &mut Ctx| {
                    record.add(());
                    close(cx, [source, sink], which);
                };
                start(&mut lp, [source, sink], Rc::new(act));
                crate::common::until(&mut lp, |_| !acted.is_empty() && !seen.is_empty());
                let spliced = seen.all().remove(0);
                let ends = [
                    SpliceEnd::Sink(Errno::ECANCELED),
                    SpliceEnd::Source(Errno::ECANCELED),
                    // It was shut down before it was closed.
                    SpliceEnd::Sink(Errno::EPIPE),
                ];
                assert!(ends.contains(&spliced.end), "{name} {which:?} {spliced:?}");
                close_rest_and_end(lp, [source, sink]);
                assert_eq!(seen.len(), 1, "{name} {which:?}");
                let got = super::read_now(&mut to);
                let given = spliced.bytes as usize;
                let got: Vec<u8> = match name {
                    // The `x` was written before anything was taken.
                    "written" => got[1..].to_vec(),
                    _ => got,
                };
                assert!(got == pattern(0..given), "{name} {which:?}");
            }
        }
    });
}

#[test]
fn closed_in_its_own_callback() {
    scenario(|| {
        for which in WHICH {
            for stop in [false, true] {
                let mut lp = Loop::new().unwrap();
                let Both {
                    source,
                    sink,
                    from,
                    to: _to,
                }: Tcp = Both::new(&mut lp);
                let seen = Seen::new();
                let record = seen.clone();
                source
                    .splice_to(&mut lp, sink, move |cx, _, spliced| {
                        record.add(spliced);
                        close(cx, [source, sink], which);
                    })
                    .unwrap();
                let end = if stop {
                    source.splice_stop(&mut lp).unwrap();
                    SpliceEnd::Stopped
                } else {
                    drop(from);
                    SpliceEnd::Eof
                };
                assert!(!lp.run(RunMode::Default).unwrap());
                assert_eq!(seen.all(), [ended(end, 0)]);
                close_rest_and_end(lp, [source, sink]);
            }
        }
    });
}

/// In the callback that tells of a sink's close, its source is spliced to another one.
#[test]
fn another_sink_takes_over() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let one: Tcp = Both::new(&mut lp);
        let two: Tcp = Both::new(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            to: mut first,
        } = one;
        let (heir, mut second) = (two.sink, two.to);
        let seen = Seen::new();
        let record = seen.clone();
        source
            .splice_to(&mut lp, sink, move |cx, source, spliced| {
                heir.write_bytes(cx, [spliced.rest.clone()], |_, _, _| ())
                    .unwrap();
                record.add(spliced);
                let record = record.clone();
                source
                    .splice_to(cx, heir, move |_, _, spliced| record.add(spliced))
                    .unwrap();
            })
            .unwrap();
        let sent = flood_all(&mut lp, &mut from, move |cx| {
            sink.splice_counts(cx).unwrap().given
        });
        let given = sink.splice_counts(&lp).unwrap().given as usize;
        lp.close(sink, |_| ()).unwrap();
        drop(from);
        assert!(read_all(&mut lp, &mut second, sent - given) == pattern(given..sent));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(super::read_now(&mut first) == pattern(0..given));
        assert_eq!(seen.len(), 2);
        assert_eq!(seen.all()[1].end, SpliceEnd::Eof);
        let rest = seen.all()[0].rest.len();
        assert_eq!(seen.all()[1].bytes as usize, sent - given - rest);
        lp.close(two.source, |_| ()).unwrap();
        close_rest_and_end(lp, [source, heir]);
    });
}
