//! Listeners at the end of their stream, and what is emitted after it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uvox_loop::{Ctx, Errno, RunMode};
use uvox_stream::node::{CustomBuffer, HandleWrap, Link, ReportUpward, StreamBase};
use uvox_stream::uv::ReadBuffer;

use super::common::{Seen, over_both, until};
use super::watcher::{Heard, Watcher};

/// The end comes to all of them, the current one first; one that removes others then, or itself, or pushes more, does no harm.
#[test]
fn listeners_change_while_they_are_destroyed() {
    fn on_destroy(
        cx: &mut Ctx,
        base: StreamBase,
        mut act: impl FnMut(&mut Ctx, Link) + 'static,
    ) -> Link {
        let watcher = Watcher::new(move |cx: &mut Ctx, at, heard| {
            assert_eq!(heard, Heard::Destroy);
            act(cx, at);
        });
        base.push_listener(cx, watcher).unwrap()
    }
    over_both(|pair| {
        let one = pair.one;
        let seen = Seen::new();
        let say = |name: &'static str| {
            let seen = seen.clone();
            move || seen.add(name)
        };
        let lp = &mut pair.lp;
        let last = say("last");
        on_destroy(lp, one, move |cx, at| {
            last();
            let pushed = at.stream().push_listener(cx, ReportUpward);
            assert_eq!(pushed.map(|_| ()), Err(Errno::EINVAL));
        });
        let never = say("never");
        let removed = on_destroy(lp, one, move |_, _| never());
        let second = say("second");
        on_destroy(lp, one, move |cx, at| {
            second();
            assert_eq!(at.below(cx), Some(removed));
            removed.remove(cx).unwrap();
        });
        let first = say("first");
        on_destroy(lp, one, move |cx, at| {
            first();
            at.remove(cx).unwrap();
        });
        let buffer = CustomBuffer::new(vec![0], |_, _, _, _| ());
        one.push_listener(lp, buffer).unwrap();
        one.close(lp, |_| ());
        until(lp, |cx| one.unwrap(cx).is_none());
        assert_eq!(seen.all(), ["first", "second", "last"]);
    });
}

/// What a stream that pulls emits passes as everything else does, if it is passed on.
#[test]
fn wants_write() {
    over_both(|pair| {
        let one = pair.one;
        let seen = Seen::new();
        for name in ["below", "top"] {
            let record = seen.clone();
            let watcher = Watcher::new(move |_, _, heard| record.add((name, heard)));
            one.push_listener(&mut pair.lp, watcher).unwrap();
        }
        one.emit_wants_write(&mut pair.lp, 1000);
        let wants = Heard::WantsWrite;
        assert_eq!(seen.take(), [("top", wants), ("below", wants)]);
        one.close(&mut pair.lp, |_| ());
        until(&mut pair.lp, |cx| one.unwrap(cx).is_none());
        seen.take();
        one.emit_wants_write(&mut pair.lp, 1000);
        one.emit_read(&mut pair.lp, ReadBuffer::Lent(b"x"), Ok(1));
        assert_eq!(one.emit_alloc(&mut pair.lp, 1000), None);
        assert!(seen.is_empty());
    });
}

/// The end comes to each once, though one panics when it hears of it, and none can be put in its place.
#[test]
fn a_listener_panics_when_it_is_destroyed() {
    over_both(|pair| {
        let (one, seen) = (pair.one, Seen::new());
        for name in ["last", "panics", "first"] {
            let seen = seen.clone();
            let watcher = Watcher::new(move |cx: &mut Ctx, at: Link, heard| {
                assert_eq!(heard, Heard::Destroy);
                seen.add(name);
                let replaced = at.replace(cx, ReportUpward);
                assert_eq!(replaced.map(|_| ()), Err(Errno::EINVAL));
                assert_ne!(name, "panics");
            });
            one.push_listener(&mut pair.lp, watcher).unwrap();
        }
        one.close(&mut pair.lp, |_| ());
        let panicked = catch_unwind(AssertUnwindSafe(|| pair.lp.run(RunMode::Default)));
        assert!(panicked.is_err());
        assert_eq!(seen.take(), ["first", "panics"]);
        assert!(!pair.lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["last"]);
        assert_eq!(one.unwrap(&pair.lp), None);
    });
}
