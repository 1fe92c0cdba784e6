//! Handles that are put off come in the next turn ahead of the kernel's events, or behind them, and each once, whatever the kernel reports of it. Only what is
//! level-triggered and heads the kernel's list stays at its head.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use uvox_loop::{Ctx, Handle, Interest, Kind, Loop, Poll, RunMode, State};

use crate::common::{Seen, close_all, end, new_loop, scenario};

struct Named(&'static str, Seen);

static NAMED: Kind<Named> = Kind::new("named").on_ready(|cx, key| {
    let Named(name, seen) = cx.state(Handle::<Named>::from(key)).unwrap();
    seen.add(name);
});

impl State for Named {
    const KIND: &'static Kind<Named> = &NAMED;
}

/// A handle that watches one end of a pair, and the other end.
fn named(cx: &mut Ctx, seen: &Seen, name: &'static str) -> (Handle<Named>, UnixStream) {
    let (ours, peer) = UnixStream::pair().unwrap();
    let handle = cx.insert(Named(name, seen.clone()));
    cx.set_descriptor(handle, OwnedFd::from(ours)).unwrap();
    cx.watch(handle).unwrap();
    cx.set_active(handle, true).unwrap();
    (handle, peer)
}

/// What the turns were that follow what `act` does with three handles, of which the kernel tells in this order, and that have been told of before.
fn turns(act: impl FnOnce(&mut Loop, [Handle<Named>; 3], &Seen)) -> Vec<&'static str> {
    let mut lp = new_loop();
    let seen = Seen::new();
    let (first, mut first_peer) = named(&mut lp, &seen, "first");
    let (second, mut second_peer) = named(&mut lp, &seen, "second");
    let (third, _third_peer) = named(&mut lp, &seen, "third");
    lp.run(RunMode::NoWait).unwrap();
    assert_eq!(seen.take().len(), 3, "all can be written to");
    act(&mut lp, [first, second, third], &seen);
    for peer in [&mut first_peer, &mut second_peer] {
        // One may have been closed.
        let _ = peer.write(b"x");
    }
    lp.run(RunMode::NoWait).unwrap();
    seen.add("turn");
    lp.run(RunMode::NoWait).unwrap();
    close_all(&mut lp);
    lp.run(RunMode::NoWait).unwrap();
    end(lp);
    seen.all()
}

#[test]
fn ahead_and_behind() {
    scenario(|| {
        let ahead = turns(|lp, [_, second, third], _| {
            lp.requeue(third).unwrap();
            lp.requeue_ahead(second).unwrap();
        });
        assert_eq!(ahead, ["second", "first", "third", "turn"]);
        let both = turns(|lp, [_, second, third], _| {
            lp.requeue_ahead(third).unwrap();
            lp.requeue_ahead(second).unwrap();
        });
        assert_eq!(both, ["third", "second", "first", "turn"]);
    });
}

/// What was asked first counts.
#[test]
fn ahead_or_behind() {
    scenario(|| {
        let behind = turns(|lp, [_, second, _], _| {
            lp.requeue(second).unwrap();
            lp.requeue_ahead(second).unwrap();
        });
        assert_eq!(behind, ["first", "second", "turn"]);
        let ahead = turns(|lp, [_, second, _], _| {
            lp.requeue_ahead(second).unwrap();
            lp.requeue(second).unwrap();
        });
        assert_eq!(ahead, ["second", "first", "turn"]);
    });
}

/// One that was closed after it was put off is not called, nor is what the kernel reports of it.
#[test]
fn closed_meanwhile() {
    scenario(|| {
        let seen = turns(|lp, [_, second, third], _| {
            lp.requeue_ahead(second).unwrap();
            lp.requeue_ahead(third).unwrap();
            lp.close(second, |_| ()).unwrap();
        });
        assert_eq!(seen, ["third", "first", "turn"]);
    });
}

#[test]
fn level_triggered_ones_keep_their_place() {
    scenario(|| {
        let (mut ours, mut peer) = UnixStream::pair().unwrap();
        peer.write_all(b"x").unwrap();
        let fd = ours.as_raw_fd();
        let seen = turns(move |lp, [_, second, _], seen| {
            let seen = seen.clone();
            let poll = Poll::new(lp, &fd).unwrap();
            poll.start(lp, Interest::READABLE, move |cx, poll, _| {
                seen.add("level");
                ours.read_exact(&mut [0]).unwrap();
                cx.close(poll, |_| ()).unwrap();
            })
            .unwrap();
            lp.requeue_ahead(second).unwrap();
        });
        assert_eq!(seen, ["level", "second", "first", "turn"]);
    });
}
