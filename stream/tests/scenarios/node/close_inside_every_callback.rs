//! A stream is closed by a listener, or by the layer above, in each thing there is to hear, before it is passed on and after. The close callback comes in
//! the closing phase of the same turn, then the end of the listeners; nothing is heard twice, and nothing that was asked for goes unanswered.

use uvox_loop::{Ctx, Errno, Phase, RunMode};
use uvox_stream::node::{HandleWrap, StreamBase};

use super::common::{Pair, Seen, over_both, shutdown, write};
use super::watcher::{ALL, Heard, Watcher};

type Told = Seen<(&'static str, Result<(), Errno>)>;

/// Sets going whatever there is to hear of.
fn start(pair: &mut Pair, seen: &Told) {
    let (one, other) = (pair.one, pair.other);
    one.read_start(&mut pair.lp).unwrap();
    pair.fill(seen);
    shutdown(&mut pair.lp, one, seen).unwrap();
    // It is there to be read before anything of `one` is over.
    let sent = other.write(&mut pair.lp, &[std::io::IoSlice::new(b"x")], |_, _, _| ());
    assert!(!sent.is_async);
    other.read_start(&mut pair.lp).unwrap();
}

/// Closes the stream, and checks when that calls back.
fn close(cx: &mut Ctx, base: StreamBase, seen: &Told) {
    let record = seen.clone();
    let turn = cx.metrics().turns;
    let phase = cx.phase();
    base.close(cx, move |cx| {
        record.add(("closed", Ok(())));
        let later = u64::from(matches!(phase, Phase::Closing | Phase::Outside));
        assert_eq!(
            (cx.phase(), cx.metrics().turns),
            (Phase::Closing, turn + later)
        );
    });
}

fn run(pair: &mut Pair, when: Heard, passes_first: bool) {
    let one = pair.one;
    let (seen, heard) = (Seen::new(), Seen::new());
    let (record, hear) = (seen.clone(), heard.clone());
    let act = move |cx: &mut Ctx, at: uvox_stream::node::Link, what| {
        hear.add(what);
        if what == when {
            close(cx, at.stream(), &record);
        }
    };
    let watcher = if passes_first {
        Watcher::passing_first(act)
    } else {
        Watcher::new(act)
    };
    one.push_listener(&mut pair.lp, watcher).unwrap();
    let read = seen.clone();
    one.set_on_read(&mut pair.lp, move |_, _, _| read.add(("read", Ok(()))));
    start(pair, &seen);
    if when == Heard::Destroy {
        // To hear of the end, it must end.
        close(&mut pair.lp, one, &seen);
    }
    super::common::until(&mut pair.lp, |cx| one.unwrap(cx).is_none());
    let case = format!("{when:?}, passing first: {passes_first}, {:?}", pair.over);
    let (seen, heard) = (seen.all(), heard.all());
    let count = |name| seen.iter().filter(|(seen, _)| *seen == name).count();
    for name in ["fill", "shutdown", "closed"] {
        assert_eq!(count(name), 1, "{case}: {seen:?}");
    }
    assert_eq!(heard.last(), Some(&Heard::Destroy), "{case}");
    for what in [Heard::AfterWrite, Heard::AfterShutdown, Heard::Destroy] {
        let times = heard.iter().filter(|heard| **heard == what).count();
        assert_eq!(times, 1, "{case}: {heard:?}");
    }
    let order: Vec<_> = seen.iter().map(|(name, _)| *name).collect();
    let order: Vec<_> = order.into_iter().filter(|name| *name != "read").collect();
    assert_eq!(order, ["fill", "shutdown", "closed"], "{case}");
    if when == Heard::Read {
        assert_eq!(count("read"), 1, "{case}: what it had heard is passed on");
    }
    if when == Heard::Alloc {
        assert_eq!(count("read"), 0, "{case}: there is nobody to read for");
    }
}

#[test]
fn close_inside_every_callback_of_a_listener() {
    over_both(|pair| {
        let fresh = |pair: &mut Pair, when, passes_first| {
            run(pair, when, passes_first);
            pair.renew();
        };
        for when in ALL {
            for passes_first in [false, true] {
                fresh(pair, when, passes_first);
            }
        }
    });
}

/// What starts a stream on its way to a callback of the layer above, in which it acts.
type Start = fn(&mut Pair, Box<dyn FnMut(&mut Ctx)>);

fn read(pair: &mut Pair, mut act: Box<dyn FnMut(&mut Ctx)>) {
    pair.one.set_on_read(&mut pair.lp, move |cx, _, _| act(cx));
    pair.one.read_start(&mut pair.lp).unwrap();
    let _ = write(&mut pair.lp, pair.other, b"x", "x", &Seen::new());
}

fn read_into(pair: &mut Pair, mut act: Box<dyn FnMut(&mut Ctx)>) {
    pair.one
        .use_user_buffer(&mut pair.lp, vec![0; 1], move |cx, _, _, _| act(cx))
        .unwrap();
    pair.one.read_start(&mut pair.lp).unwrap();
    let _ = write(&mut pair.lp, pair.other, b"xyz", "xyz", &Seen::new());
}

fn written(pair: &mut Pair, mut act: Box<dyn FnMut(&mut Ctx)>) {
    pair.fill(&Seen::new());
    let text = "x".repeat(super::common::TOO_MUCH);
    let queued = pair.one.write_string(
        &mut pair.lp,
        &text,
        uvox_stream::node::Encoding::Utf8,
        move |cx, _, _| act(cx),
    );
    assert!(queued.is_async);
    pair.other.read_start(&mut pair.lp).unwrap();
}

fn shut(pair: &mut Pair, mut act: Box<dyn FnMut(&mut Ctx)>) {
    let begun = pair.one.shutdown(&mut pair.lp, move |cx, _, _| act(cx));
    assert_eq!(begun, Ok(()));
}

#[test]
fn close_inside_every_callback_of_the_layer_above() {
    over_both(|pair| {
        let starts: [(&str, Start); 4] = [
            ("read", read),
            ("read into", read_into),
            ("written", written),
            ("shut", shut),
        ];
        for (name, start) in starts {
            let (one, other) = (pair.one, pair.other);
            let seen = Seen::new();
            let record = seen.clone();
            let act = move |cx: &mut Ctx| {
                assert!(!one.is_closing(cx), "{name} was called after its close");
                record.add(("called", Ok(())));
                close(cx, one, &record);
                // The other one, too: closing one does not need the other.
                other.close(cx, |_| ());
            };
            start(pair, Box::new(act));
            assert!(!pair.lp.run(RunMode::Default).unwrap());
            let expected = [("called", Ok(())), ("closed", Ok(()))];
            assert_eq!(seen.all(), expected, "{name}");
            assert_eq!(one.unwrap(&pair.lp), None);
            pair.renew();
        }
    });
}

/// In the close callback itself: the other end is closed, whose callback comes in the next closing phase.
#[test]
fn close_another_inside_the_close_callback() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen: Told = Seen::new();
        let record = seen.clone();
        let turn = pair.lp.metrics().turns + 1;
        one.close(&mut pair.lp, move |cx| {
            assert_eq!(cx.metrics().turns, turn);
            record.add(("one", Ok(())));
            let record = record.clone();
            other.close(cx, move |cx| {
                assert_eq!(cx.metrics().turns, turn + 1);
                record.add(("other", Ok(())));
            });
        });
        assert!(!pair.lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [("one", Ok(())), ("other", Ok(()))]);
    });
}
