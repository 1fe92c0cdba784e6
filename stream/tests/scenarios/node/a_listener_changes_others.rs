//! A listener replaces the one below, removes the one above, or pushes another, while they run.

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::Ctx;
use uvox_stream::node::Link;

use super::common::{Seen, keep, over_both};
use super::watcher::{Heard, Watcher, named, send};

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
        let above: Rc<Cell<Option<Link>>> = Rc::default();
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
