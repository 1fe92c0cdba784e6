//! The handle below is closed without the wrap's knowledge, as whoever closes all handles of a loop does. What is queued is cancelled through the
//! listeners nonetheless, and the wrap is destroyed in the closing phase after that.

use uvox_loop::{Errno, RunMode};
use uvox_stream::node::{HandleWrap, HandleWrapState, StreamBase};

use super::common::{Seen, over_both, shutdown};
use super::watcher::{Heard, Watcher};

#[test]
fn all_handles_are_closed_by_a_walk() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let heard = Seen::new();
        let hear = heard.clone();
        let watcher = Watcher::new(move |_, _, what| hear.add(what));
        one.push_listener(&mut pair.lp, watcher).unwrap();
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        let mut handles = 0;
        pair.lp.walk(|cx, handle| {
            handles += 1;
            cx.close(handle.key, |_| ()).unwrap();
        });
        assert_eq!(handles, 2, "stream bases are not handles of their own");
        assert_eq!(HandleWrap::state(one, &pair.lp), HandleWrapState::Closing);
        one.close(&mut pair.lp, |_| panic!("closed already"));
        pair.lp.run(RunMode::NoWait).unwrap();
        let cancelled = Err(Errno::ECANCELED);
        assert_eq!(seen.all(), [("fill", cancelled), ("shutdown", cancelled)]);
        assert_eq!(heard.all(), [Heard::AfterWrite, Heard::AfterShutdown]);
        let say = |base: StreamBase, cx: &_| (base.state(cx), base.unwrap(cx).is_some());
        assert_eq!(say(one, &pair.lp), (HandleWrapState::Closed, true));
        assert_eq!(one.read_start(&mut pair.lp), Err(Errno::EINVAL));
        assert!(!pair.lp.run(RunMode::Default).unwrap());
        assert_eq!(heard.all().last(), Some(&Heard::Destroy));
        for base in [one, other] {
            assert_eq!(say(base, &pair.lp), (HandleWrapState::Closed, false));
        }
    });
}
