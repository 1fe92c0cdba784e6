//! A descriptor that is to be watched later is registered when the loop next waits, in the order in which that was asked for. One that is closed, given away or
//! not watched any more by then costs nothing.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Check, Ctx, Errno, Loop, Ready, RunMode};

use super::probe::Probe;
use super::{registrations, until};
use crate::common::{Seen, close_all, end, new_loop, scenario};

/// Does something in the check phase of a turn that does not wait.
fn in_check(lp: &mut Loop, act: impl FnOnce(&mut Ctx) + 'static) {
    let check = Check::new(lp);
    let mut act = Some(act);
    check
        .start(lp, move |cx, check| {
            if let Some(act) = act.take() {
                act(cx);
            }
            cx.close(check, |_| ()).unwrap();
        })
        .unwrap();
    lp.run(RunMode::NoWait).unwrap();
}

/// Of a socket with data in it.
fn readable() -> (UnixStream, UnixStream) {
    let (mut peer, ours) = UnixStream::pair().unwrap();
    peer.write_all(b"x").unwrap();
    (peer, ours)
}

#[test]
fn in_the_order_in_which_it_was_asked_for() {
    scenario(|| {
        let mut lp = new_loop();
        let pairs: Vec<_> = (0..3).map(|_| readable()).collect();
        let (peers, ours): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let calls = Seen::new();
        let record = calls.clone();
        in_check(&mut lp, move |cx| {
            // The one that was made first is asked for last.
            let probes: Vec<_> = ours
                .into_iter()
                .map(|ours| Probe::unwatched(cx, ours, record.clone()))
                .collect();
            for probe in probes.iter().rev() {
                // Twice is once.
                cx.watch_later(*probe).unwrap();
                cx.watch_later(*probe).unwrap();
            }
            record.take();
            for probe in probes {
                record.add(probe);
            }
        });
        let probes = calls.take();
        until(&mut lp, |_| calls.len() == 3);
        let expected: Vec<_> = probes.iter().rev().copied().collect();
        assert_eq!(calls.all(), expected);
        drop(peers);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn what_does_not_wait_any_more_costs_nothing() {
    scenario(|| {
        let mut lp = new_loop();
        let recorder = Recorder::new();
        let record = recorder.clone();
        in_check(&mut lp, move |cx| {
            trace::set(record);
            let mut made = || Probe::unwatched(cx, UnixStream::pair().unwrap().0, Seen::new());
            let (closed, discarded, given, unwatched) = (made(), made(), made(), made());
            for probe in [closed, discarded, given, unwatched] {
                cx.watch_later(probe).unwrap();
            }
            cx.close(closed, |_| ()).unwrap();
            cx.discard(discarded).unwrap();
            drop(cx.take_descriptor(given).unwrap());
            cx.unwatch(unwatched).unwrap();
            assert_eq!(cx.watch_later(closed), Err(Errno::EINVAL));
            assert_eq!(cx.watch_later(discarded), Err(Errno::EBADF));
            assert_eq!(cx.watch_later(given), Err(Errno::EBADF));
        });
        lp.run(RunMode::NoWait).unwrap();
        trace::take();
        assert_eq!(registrations(&recorder), 0);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

/// One that is watched at once after all is registered once; and one that waits when the run ends does not wait for the next, for a host may wait itself.
#[test]
fn at_once_after_all() {
    scenario(|| {
        let mut lp = new_loop();
        let (_peers, ours): (Vec<_>, Vec<_>) = (0..2).map(|_| readable()).unzip();
        let calls = Seen::new();
        let record = calls.clone();
        in_check(&mut lp, move |cx| {
            for (ours, at_once) in ours.into_iter().zip([true, false]) {
                let probe = Probe::unwatched(cx, ours, record.clone());
                cx.watch_later(probe).unwrap();
                if at_once {
                    cx.watch(probe).unwrap();
                }
            }
        });
        let (_peer, ours) = readable();
        // Outside of a turn there is nothing to wait for.
        let third = Probe::unwatched(&mut lp, ours, calls.clone());
        lp.watch_later(third).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        until(&mut lp, |_| calls.len() == 3);
        trace::take();
        assert_eq!(registrations(&recorder), 0);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn the_kernel_refuses() {
    scenario(|| {
        let mut lp = new_loop();
        let (_peer, ours) = readable();
        let calls = Seen::new();
        let record = calls.clone();
        let names = ["epoll_ctl", "kevent", "mio_register"];
        let full = names.map(|name| Fault::new(name, 1, Effect::Fail(Errno::ENOSPC)).on(&ours));
        let faults = fault::plan(full);
        let made = Seen::new();
        let making = made.clone();
        in_check(&mut lp, move |cx| {
            let probe = Probe::unwatched(cx, ours, record);
            cx.watch_later(probe).unwrap();
            assert_eq!(cx.watch_error(probe), None);
            making.add(probe);
        });
        let probe = made.all()[0];
        assert_eq!(lp.watch_error(probe), Some(Errno::ENOSPC));
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        until(&mut lp, |_| calls.len() == 1);
        assert_eq!(probe.said(&mut lp), Ready::UNWATCHED);
        // Now there is room again.
        drop(faults);
        lp.watch(probe).unwrap();
        assert_eq!(lp.watch_error(probe), None);
        until(&mut lp, |_| calls.len() == 2);
        assert!(probe.said(&mut lp).contains(Ready::READABLE));
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
