//! A stream closes itself, or another one, in a callback of each kind. The callback runs on to its end, nothing more is read, and the close
//! callback comes in the closing phase of the same turn.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Ctx, Loop, Phase, RunMode};
use uvox_stream::uv::Stream;

use crate::common::{Seen, end, scenario, stream_and_peer, with_socket};

type Act = Rc<dyn Fn(&mut Ctx)>;

/// What starts a stream on its way to a callback of one kind, in which it acts.
type Start = fn(&mut Loop, Stream, &mut UnixStream, Act);

fn read(lp: &mut Loop, stream: Stream, peer: &mut UnixStream, act: Act) {
    peer.write_all(&[1; 100_000]).unwrap();
    stream.read_start(lp, move |cx, _, _| act(cx)).unwrap();
}

fn alloc(lp: &mut Loop, stream: Stream, peer: &mut UnixStream, act: Act) {
    peer.write_all(&[1; 100]).unwrap();
    stream
        .read_start_into(
            lp,
            move |cx, _, _| {
                act(cx);
                Some(vec![0; 10])
            },
            |cx, stream, _, _| {
                // Another one was closed, and this one reads on: once is enough.
                stream.read_stop(cx).unwrap();
            },
        )
        .unwrap();
}

fn read_into(lp: &mut Loop, stream: Stream, peer: &mut UnixStream, act: Act) {
    peer.write_all(&[1; 100]).unwrap();
    stream
        .read_start_into(lp, |_, _, _| Some(vec![0; 10]), move |cx, _, _, _| act(cx))
        .unwrap();
}

fn written(lp: &mut Loop, stream: Stream, _: &mut UnixStream, act: Act) {
    stream.write(lp, b"x", move |cx, _, _| act(cx)).unwrap();
}

fn shut(lp: &mut Loop, stream: Stream, _: &mut UnixStream, act: Act) {
    stream.shutdown(lp, move |cx, _, _| act(cx)).unwrap();
}

fn connected(lp: &mut Loop, stream: Stream, _: &mut UnixStream, act: Act) {
    // The stream that is given stands by; a new one connects.
    let (one, _other) = UnixStream::pair().unwrap();
    let new = with_socket(lp, one.into());
    lp.close(stream, |_| ()).unwrap();
    let close_new = move |cx: &mut Ctx, stream: Stream, _| {
        act(cx);
        cx.close(stream, |_| ()).unwrap();
    };
    new.begin_connect(lp, Ok(()), close_new).unwrap();
}

fn closed(lp: &mut Loop, stream: Stream, _: &mut UnixStream, act: Act) {
    lp.close(stream, move |cx| act(cx)).unwrap();
}

const STARTS: [(&str, Start); 5] = [
    ("read", read),
    ("alloc", alloc),
    ("read into", read_into),
    ("written", written),
    ("shut", shut),
];

#[test]
fn close_inside_every_callback() {
    scenario(|| {
        for (name, start) in STARTS {
            let mut lp = Loop::new().unwrap();
            let seen = Seen::new();
            let (stream, mut peer) = stream_and_peer(&mut lp);
            let record = seen.clone();
            let act = move |cx: &mut Ctx| {
                assert!(!cx.is_closing(stream), "{name} was called after its close");
                record.add(("called", cx.metrics().turns, Phase::Poll));
                let closed = record.clone();
                cx.close(stream, move |cx| {
                    closed.add(("closed", cx.metrics().turns, cx.phase()));
                })
                .unwrap();
            };
            start(&mut lp, stream, &mut peer, Rc::new(act));
            assert!(!lp.run(RunMode::Default).unwrap());
            let seen = seen.all();
            assert_eq!(seen.len(), 2, "{name}: {seen:?}");
            assert_eq!(seen[0].1, seen[1].1, "{name}: closed in another turn");
            assert_eq!(seen[1].2, Phase::Closing, "{name}");
            assert_eq!(lp.requests(), 0, "{name}");
            end(lp);
        }
    });
}

#[test]
fn close_another_inside_every_callback() {
    scenario(|| {
        let more: [(&str, Start); 2] = [("connected", connected), ("closed", closed)];
        for (name, start) in STARTS.into_iter().chain(more) {
            let mut lp = Loop::new().unwrap();
            let seen = Seen::new();
            let (stream, mut peer) = stream_and_peer(&mut lp);
            // It has something of everything to do.
            let (other, mut its_peer) = stream_and_peer(&mut lp);
            its_peer.write_all(b"x").unwrap();
            let heard = seen.clone();
            other
                .read_start(&mut lp, move |_, _, _| heard.add("read"))
                .unwrap();
            let heard = seen.clone();
            other
                .write(&mut lp, &vec![1; 1 << 22], move |_, _, _| {
                    heard.add("written");
                })
                .unwrap();
            let heard = seen.clone();
            other
                .shutdown(&mut lp, move |_, _, _| heard.add("shut"))
                .unwrap();
            let record = seen.clone();
            let act = move |cx: &mut Ctx| {
                record.add("act");
                if !cx.is_closing(other) {
                    let closed = record.clone();
                    cx.close(other, move |_| closed.add("closed")).unwrap();
                }
                if !cx.is_closing(stream) {
                    cx.close(stream, |_| ()).unwrap();
                }
            };
            start(&mut lp, stream, &mut peer, Rc::new(act));
            assert!(!lp.run(RunMode::Default).unwrap());
            // It may have been read before the other one had its turn.
            let mut seen = seen.all();
            seen.retain(|what| *what != "read");
            assert_eq!(seen, ["act", "written", "shut", "closed"], "{name}");
            assert_eq!(lp.requests(), 0, "{name}");
            end(lp);
        }
    });
}
