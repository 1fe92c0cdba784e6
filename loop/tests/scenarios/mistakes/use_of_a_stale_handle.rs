//! Every call on a handle that is gone says so, EBADF or the like, and changes nothing. A new handle in its place is not meant.

use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::{
    Async, Check, Ctx, Errno, Handle, Idle, Interest, Key, Poll, Prepare, Ready, Refused, RunMode,
    Signal, Timer,
};

use crate::common::{Fed, close, end, fed, new_loop, scenario};

/// All that can be done with any handle.
fn any(cx: &mut Ctx, key: Key) {
    assert_eq!(cx.info(key), None);
    assert!(!cx.is_active(key) && !cx.has_ref(key) && cx.is_closing(key));
    let gone = Err(Errno::EBADF);
    assert_eq!(cx.ref_(key), gone);
    assert_eq!(cx.unref(key), gone);
    assert_eq!(cx.set_active(key, true), gone);
    assert_eq!(cx.set_active(key, false), gone);
    assert_eq!(cx.close(key, |_| panic!("called")), gone);
    assert_eq!(cx.feed(key), gone);
    assert_eq!(cx.requeue(key), gone);
    assert_eq!(cx.watch(key), gone);
    assert_eq!(cx.watch_level(key, Interest::READABLE), gone);
    assert_eq!(cx.watch_level(key, Interest::NONE), gone);
    assert_eq!(cx.unwatch(key), gone);
    assert_eq!(cx.take_ready(key), Ready::NONE);
    assert_eq!(cx.take_descriptor(key).unwrap_err(), Errno::EBADF);
    let (one, _other) = UnixStream::pair().unwrap();
    let Refused { errno: error, fd } = cx.set_descriptor(key, one.into()).unwrap_err();
    assert_eq!(error, Errno::EBADF);
    drop(fd);
    assert_eq!(cx.feed_on_free_descriptor(key), Err(Errno::EBADF));
    let handle = Handle::<Fed>::from_key(key);
    assert!(cx.state(handle).is_none() && cx.state_mut(handle).is_none());
    assert!(cx.parts(handle).is_none());
    assert_eq!(cx.open_state(handle).err(), Some(Errno::EBADF));
}

#[test]
fn use_of_a_stale_handle() {
    scenario(|| {
        let mut lp = new_loop();
        let (one, _other) = UnixStream::pair().unwrap();
        let timer = Timer::new(&mut lp);
        let (idle, prepare, check) = (
            Idle::new(&mut lp),
            Prepare::new(&mut lp),
            Check::new(&mut lp),
        );
        let (wakeup, sender) = Async::new(&mut lp, |_, _| panic!("woken"));
        let signal = Signal::new(&mut lp);
        let poll = Poll::new(&mut lp, &one).unwrap();
        let own = fed(&mut lp, |_, _| panic!("fed"));
        let handles: [Key; 8] = [
            timer.into(),
            idle.into(),
            prepare.into(),
            check.into(),
            wakeup.into(),
            signal.into(),
            poll.into(),
            own.into(),
        ];
        for key in handles {
            close(&mut lp, key);
        }
        assert!(!lp.run(RunMode::Default).unwrap());

        // Others stand in their places now.
        let newer: Vec<Timer> = handles.iter().map(|_| Timer::new(&mut lp)).collect();
        for key in handles {
            any(&mut lp, key);
        }
        let gone = Err(Errno::EBADF);
        let lp_ = &mut lp;
        let second = Duration::from_secs(1);
        assert_eq!(timer.start(lp_, second, second, |_, _| ()), gone);
        assert_eq!(timer.stop(lp_), gone);
        assert_eq!(timer.again(lp_), gone);
        assert_eq!(timer.set_repeat(lp_, second), gone);
        assert_eq!(timer.repeat(lp_), None);
        assert_eq!(timer.due_in(lp_), None);
        assert_eq!(idle.start(lp_, |_, _| ()), gone);
        assert_eq!(idle.stop(lp_), gone);
        assert_eq!(prepare.start(lp_, |_, _| ()), gone);
        assert_eq!(prepare.stop(lp_), gone);
        assert_eq!(check.start(lp_, |_, _| ()), gone);
        assert_eq!(check.stop(lp_), gone);
        assert!(wakeup.sender(lp_).is_none());
        assert_eq!(sender.send(), gone);
        assert_eq!(signal.start(lp_, libc::SIGUSR1, |_, _, _| ()), gone);
        assert_eq!(signal.start_once(lp_, libc::SIGUSR1, |_, _, _| ()), gone);
        assert_eq!(signal.stop(lp_), gone);
        assert_eq!(signal.signal(lp_), None);
        assert_eq!(poll.start(lp_, Interest::READABLE, |_, _, _| ()), gone);
        assert_eq!(poll.stop(lp_), gone);
        assert_eq!(poll.fd(lp_), None);

        // Nothing of this reached those that are there.
        for timer in newer {
            let info = lp.info(timer).unwrap();
            assert!(!info.active && info.referenced && !info.closing && info.fd.is_none());
            close(&mut lp, timer);
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
