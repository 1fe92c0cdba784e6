//! Source, sink or both are closed, or the pipe is taken apart, in each callback that there is. It is told once, and nothing is left.

use std::rc::Rc;

use uvox_loop::Ctx;
use uvox_stream::node::{HandleWrap, StreamBase, StreamPipe};

use super::{Ends, over_each, send, shut};
use crate::common::{Seen, scenario, until};

type Act = Rc<dyn Fn(&mut Ctx)>;

/// What leads to a callback, in which it acts.
type Lead = fn(&mut Ends, Act);

const CALLBACKS: [(&str, Lead); 6] = [
    ("the source's end", |ends, act| {
        ends.source
            .set_on_read(&mut ends.lp, move |cx, _, _| act(cx));
        send(&mut ends.lp, ends.from, b"before");
        shut(&mut ends.lp, ends.from);
    }),
    ("a write of another's", |ends, act| {
        ends.get_stuck();
        let bytes = bytes::Bytes::from_static(b"x");
        let sink = ends.sink;
        let written = sink.write_bytes(&mut ends.lp, bytes, move |cx, _, _| act(cx));
        assert!(written.is_async);
        ends.to.read_start(&mut ends.lp).unwrap();
    }),
    ("a shutdown of another's", |ends, act| {
        ends.sink
            .shutdown(&mut ends.lp, move |cx, _, _| act(cx))
            .unwrap();
    }),
    ("a read from the sink", |ends, act| {
        ends.sink.set_on_read(&mut ends.lp, move |cx, _, _| act(cx));
        ends.sink.read_start(&mut ends.lp).unwrap();
        send(&mut ends.lp, ends.to, b"y");
    }),
    ("the source's close", |ends, act| {
        ends.source.close(&mut ends.lp, move |cx| act(cx));
    }),
    ("the sink's close", |ends, act| {
        ends.sink.close(&mut ends.lp, move |cx| act(cx));
    }),
];

type Deed = fn(&mut Ctx, StreamBase, StreamBase, StreamPipe);

const DEEDS: [(&str, Deed); 5] = [
    ("closes the source", |cx, source, _, _| {
        source.close(cx, |_| ())
    }),
    ("closes the sink", |cx, _, sink, _| sink.close(cx, |_| ())),
    ("closes both", |cx, source, sink, _| {
        source.close(cx, |_| ());
        sink.close(cx, |_| ());
    }),
    ("closes both the other way", |cx, source, sink, _| {
        sink.close(cx, |_| ());
        source.close(cx, |_| ());
    }),
    ("unpipes", |cx, _, _, pipe| pipe.unpipe(cx)),
];

#[test]
fn closed_in_every_callback() {
    scenario(|| {
        for ((where_, lead), (what, deed)) in pairs() {
            over_each(|ends| {
                let (pipe, seen) = ends.pipe();
                let (source, sink) = (ends.source, ends.sink);
                let acted = Seen::new();
                let record = acted.clone();
                let act = move |cx: &mut Ctx| {
                    record.add(());
                    deed(cx, source, sink, pipe);
                };
                lead(ends, Rc::new(act));
                until(&mut ends.lp, |_| !acted.is_empty() && !seen.is_empty());
                ends.settle();
                assert_eq!(seen.len(), 1, "{where_} {what} {:?}", ends.how);
            });
        }
    });
}

/// Each callback with each deed.
fn pairs() -> impl Iterator<Item = ((&'static str, Lead), (&'static str, Deed))> {
    let with_each = |lead| DEEDS.into_iter().map(move |deed| (lead, deed));
    CALLBACKS.into_iter().flat_map(with_each)
}

#[test]
fn closed_when_it_is_told() {
    scenario(|| {
        for (_, deed) in DEEDS {
            over_each(|ends| {
                let (source, sink) = (ends.source, ends.sink);
                let seen = Seen::new();
                let record = seen.clone();
                let options = ends.options();
                let pipe = StreamPipe::new(
                    &mut ends.lp,
                    source,
                    sink,
                    options,
                    move |cx, pipe, piped| {
                        record.add(piped);
                        deed(cx, source, sink, pipe);
                    },
                );
                let pipe = pipe.unwrap();
                pipe.start(&mut ends.lp).unwrap();
                shut(&mut ends.lp, ends.from);
                until(&mut ends.lp, |cx| {
                    !seen.is_empty() && pipe.source(cx).is_none()
                });
                ends.settle();
                assert_eq!(seen.len(), 1);
            });
        }
    });
}
