//! Listeners push, remove and replace themselves and others, from inside and from outside. What one of them does not handle passes to the one below,
//! and a request that nobody handles completes nonetheless.

use std::rc::Rc;

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::{
    CustomBuffer, HandleWrap, Link, ReportUpward, ReportWrites, ShutdownWrap, StreamBase,
    StreamListener, WriteWrap,
};
use uvox_stream::uv::ReadBuffer;

use super::common::{Pair, Seen, keep, over_both, shutdown, until, write};
use super::watcher::{Heard, Watcher};

/// Tells when it is dropped.
struct Dropped(Seen<&'static str>, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

/// Sends a byte to the other end, and runs until it was read there.
fn send(pair: &mut Pair, byte: u8) {
    let before = pair.other.bytes_read(&pair.lp);
    let sent = write(&mut pair.lp, pair.one, &[byte], "byte", &Seen::new());
    assert!(!sent.is_async);
    pair.until_read(pair.other, before as usize + 1);
}

/// A listener that says its name at each read, then does something, and passes on before or after.
fn named(
    seen: &Seen<&'static str>,
    name: &'static str,
    passes_first: bool,
    mut act: impl FnMut(&mut Ctx, Link) + 'static,
) -> impl StreamListener {
    let (seen, dropped) = (seen.clone(), Dropped(seen.clone(), "dropped"));
    let act = move |cx: &mut Ctx, at: Link, heard| {
        let _ = &dropped;
        if heard == Heard::Read {
            seen.add(name);
            act(cx, at);
        }
    };
    if passes_first {
        Watcher::passing_first(act)
    } else {
        Watcher::new(act)
    }
}

#[test]
fn a_listener_removes_itself_while_it_runs() {
    over_both(|pair| {
        for passes_first in [false, true] {
            let other = pair.other;
            let (data, _) = keep(&mut pair.lp, other);
            let seen = Seen::new();
            let record = seen.clone();
            let top = named(&seen, "top", passes_first, move |cx, at| {
                assert!(at.is_in_chain(cx));
                at.remove(cx).unwrap();
                record.add("removed");
                assert!(!at.is_in_chain(cx));
                assert_eq!(at.remove(cx), Err(Errno::EBADF));
                assert_eq!(at.replace(cx, ReportUpward).map(|_| ()), Err(Errno::EBADF));
            });
            let link = other.push_listener(&mut pair.lp, top).unwrap();
            assert_eq!(other.current_listener(&pair.lp), Some(link));
            send(pair, 1);
            // It ran to its end before it was dropped; what it passed on after that came to the one that was below it.
            assert_eq!(seen.take(), ["top", "removed", "dropped"]);
            assert_ne!(other.current_listener(&pair.lp), Some(link));
            send(pair, 2);
            assert_eq!(data.all(), [1, 2]);
            assert!(seen.is_empty());
            pair.renew();
        }
    });
}

#[test]
fn a_listener_replaces_itself_while_it_runs() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let later = seen.clone();
        let top = named(&seen, "top", false, move |cx, at| {
            let next = at
                .replace(cx, named(&later, "next", false, |_, _| ()))
                .unwrap();
            assert!(!at.is_in_chain(cx) && next.is_in_chain(cx));
            assert_eq!(next.below(cx), at.below(cx));
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        send(pair, 1);
        assert_eq!(seen.take(), ["top", "dropped"]);
        send(pair, 2);
        assert_eq!(seen.take(), ["next"]);
        assert_eq!(data.all(), [1, 2]);
    });
}

#[test]
fn a_listener_replaces_the_one_below() {
    over_both(|pair| {
        for passes_first in [false, true] {
            let other = pair.other;
            let (data, _) = keep(&mut pair.lp, other);
            let seen = Seen::new();
            let below = named(&seen, "below", true, |_, _| ());
            other.push_listener(&mut pair.lp, below).unwrap();
            let later = seen.clone();
            let mut once = true;
            let top = named(&seen, "top", passes_first, move |cx, at| {
                if std::mem::take(&mut once) {
                    let below = at.below(cx).unwrap();
                    let new = named(&later, "new", true, |_, _| ());
                    let new = below.replace(cx, new).unwrap();
                    assert_eq!(at.below(cx), Some(new));
                }
            });
            other.push_listener(&mut pair.lp, top).unwrap();
            send(pair, 1);
            // Who passes on first passes to the old one.
            if passes_first {
                assert_eq!(seen.take(), ["below", "top", "dropped"]);
            } else {
                assert_eq!(seen.take(), ["top", "dropped", "new"]);
            }
            send(pair, 2);
            let expected = if passes_first {
                ["new", "top"]
            } else {
                ["top", "new"]
            };
            assert_eq!(seen.take(), expected);
            assert_eq!(data.all(), [1, 2]);
            pair.renew();
        }
    });
}

/// The one below removes the one above, which is running, for it passed the data down; and the one above passes on from where it was.
#[test]
fn a_listener_removes_the_running_one_above() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let above: Rc<std::cell::Cell<Option<Link>>> = Rc::default();
        let link = above.clone();
        let below = named(&seen, "below", false, move |cx, at| {
            if let Some(above) = link.take() {
                assert_eq!(above.below(cx), Some(at));
                above.remove(cx).unwrap();
                assert_eq!(above.below(cx), Some(at), "its place is known still");
            }
        });
        other.push_listener(&mut pair.lp, below).unwrap();
        let top = named(&seen, "top", true, |cx, at| assert!(!at.is_in_chain(cx)));
        above.set(Some(other.push_listener(&mut pair.lp, top).unwrap()));
        send(pair, 1);
        assert_eq!(seen.take(), ["below", "top", "dropped"]);
        send(pair, 2);
        assert_eq!(seen.take(), ["below"]);
        assert_eq!(data.all(), [1, 2]);
    });
}

/// One that is pushed during a read hears from the next read on.
#[test]
fn a_listener_pushes_another_during_a_read() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let later = seen.clone();
        let mut once = true;
        let top = named(&seen, "top", false, move |cx, at| {
            if std::mem::take(&mut once) {
                let new = named(&later, "new", false, |_, _| ());
                let new = at.stream().push_listener(cx, new).unwrap();
                assert_eq!(new.below(cx), Some(at));
            }
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        send(pair, 1);
        assert_eq!(seen.take(), ["top"]);
        send(pair, 2);
        assert_eq!(seen.take(), ["new", "top"]);
        assert_eq!(data.all(), [1, 2]);
    });
}

/// One that is pushed when a buffer is asked for hears of what was read into it.
#[test]
fn a_listener_pushes_another_when_it_gives_a_buffer() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let later = seen.clone();
        let mut once = true;
        let top = Watcher::new(move |cx: &mut Ctx, at: Link, heard| {
            if heard == Heard::Alloc && std::mem::take(&mut once) {
                let new = named(&later, "new", false, |_, _| ());
                at.stream().push_listener(cx, new).unwrap();
            }
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        send(pair, 1);
        assert_eq!(seen.take(), ["new"]);
        assert_eq!(data.all(), [1]);
    });
}

/// What is emitted while a listener runs does not enter it again: it goes to those below.
#[test]
fn a_running_listener_is_not_entered_again() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let top = named(&seen, "top", false, |cx, at| {
            at.stream()
                .emit_read(cx, ReadBuffer::Lent(b"meanwhile "), Ok(10));
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        let _ = write(&mut pair.lp, pair.one, b"data", "data", &Seen::new());
        pair.until_read(other, 14);
        assert_eq!(seen.take(), ["top"]);
        assert_eq!(data.all(), b"meanwhile data");
    });
}

/// A panic does not cost the listener its place.
#[test]
fn a_listener_that_panics_stays() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let mut once = true;
        let top = named(&seen, "top", false, move |_, _| {
            assert!(!std::mem::take(&mut once), "on purpose");
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        let _ = write(&mut pair.lp, pair.one, b"1", "1", &Seen::new());
        let lp = std::panic::AssertUnwindSafe(&mut pair.lp);
        let panicked = std::panic::catch_unwind(|| {
            let lp = lp;
            until(lp.0, |cx| other.bytes_read(cx) == 1);
        });
        assert!(panicked.is_err());
        send(pair, b'2');
        assert_eq!(seen.take(), ["top", "top"]);
        assert_eq!(data.all(), b"2");
    });
}

/// With nobody in the chain, requests complete, and data is lost.
#[test]
fn an_empty_chain_completes_requests() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        while let Some(link) = one.current_listener(&pair.lp) {
            link.remove(&mut pair.lp).unwrap();
        }
        one.read_start(&mut pair.lp).unwrap();
        let _ = write(&mut pair.lp, other, b"lost", "lost", &seen);
        pair.until_read(one, 4);
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| seen.len() == 2);
        assert_eq!(seen.all(), [("fill", Ok(())), ("shutdown", Ok(()))]);
    });
}

/// Handles requests, and drops them: whoever made them is not told.
struct Swallows(Seen<(WriteIdOrNone, usize)>);

type WriteIdOrNone = Option<uvox_stream::node::WriteId>;

impl StreamListener for Swallows {
    fn on_alloc(&mut self, _: &mut Ctx, _: Link, _: usize) -> Option<Vec<u8>> {
        None
    }

    fn on_read(&mut self, _: &mut Ctx, _: Link, _: ReadBuffer<'_>, _: Result<usize, Errno>) {}

    fn on_after_write(&mut self, _: &mut Ctx, at: Link, wrap: WriteWrap, _: Result<(), Errno>) {
        assert_eq!(wrap.stream(), at.stream());
        assert_eq!(wrap.id().stream(), at.stream());
        self.0.add((Some(wrap.id()), wrap.bytes()));
    }

    fn on_after_shutdown(
        &mut self,
        _: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        _: Result<(), Errno>,
    ) {
        assert_eq!(wrap.stream(), at.stream());
        self.0.add((None, 0));
    }
}

#[test]
fn a_listener_handles_requests_itself() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let handled = Seen::new();
        one.push_listener(&mut pair.lp, Swallows(handled.clone()))
            .unwrap();
        let large = vec![1; super::common::TOO_MUCH];
        let pieces = [std::io::IoSlice::new(&large)];
        let queued = one.write(&mut pair.lp, &pieces, |_, _, _| panic!("it was handled"));
        let begun = one.shutdown(&mut pair.lp, |_, _, _| panic!("it was handled"));
        assert!(queued.is_async && begun.is_ok());
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| handled.len() == 2);
        assert_eq!(handled.all(), [(queued.wrap, large.len()), (None, 0)]);
    });
}

/// `ReportWrites` alone on top of another: requests end there, data passes through.
#[test]
fn reporting_writes_is_transparent_for_reading() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let (data, _) = keep(&mut pair.lp, one);
        let below = Watcher::new(|_, _, heard| {
            assert!(!matches!(heard, Heard::AfterWrite | Heard::AfterShutdown));
        });
        one.push_listener(&mut pair.lp, below).unwrap();
        one.push_listener(&mut pair.lp, ReportWrites).unwrap();
        let _ = write(&mut pair.lp, other, b"through", "through", &seen);
        pair.until_read(one, 7);
        assert_eq!(data.all(), b"through");
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| seen.len() == 2);
        assert_eq!(seen.all(), [("fill", Ok(())), ("shutdown", Ok(()))]);
    });
}

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
