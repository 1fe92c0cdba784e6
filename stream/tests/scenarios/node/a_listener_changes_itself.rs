//! A listener removes or replaces itself while it runs: it runs on to its end, and is dropped then.

use uvox_loop::Errno;
use uvox_stream::node::ReportUpward;

use super::common::{Seen, keep, over_both};
use super::watcher::{named, send};

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
