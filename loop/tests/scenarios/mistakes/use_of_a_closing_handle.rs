//! Nothing can be started on a handle that is closing (EINVAL); what ends something, or asks, is no mistake.

use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::{
    Async, Check, Errno, Idle, Interest, Poll, Prepare, Refused, RunMode, Signal, Timer,
};

use crate::common::{close, end, fed, new_loop, scenario};

#[test]
fn use_of_a_closing_handle() {
    scenario(|| {
        let mut lp = new_loop();
        let (one, other) = UnixStream::pair().unwrap();
        let closing = Err(Errno::EINVAL);
        let second = Duration::from_secs(1);

        let timer = Timer::new(&mut lp);
        timer.start(&mut lp, second, second, |_, _| ()).unwrap();
        close(&mut lp, timer);
        assert_eq!(timer.start(&mut lp, second, second, |_, _| ()), closing);
        assert_eq!(timer.again(&mut lp), closing);
        assert_eq!(timer.stop(&mut lp), Ok(()));
        assert_eq!(timer.set_repeat(&mut lp, second), Ok(()));
        assert_eq!(timer.due_in(&lp), None);

        let idle = Idle::new(&mut lp);
        idle.start(&mut lp, |_, _| panic!("idle")).unwrap();
        let (prepare, check) = (Prepare::new(&mut lp), Check::new(&mut lp));
        close(&mut lp, idle);
        close(&mut lp, prepare);
        close(&mut lp, check);
        assert_eq!(idle.start(&mut lp, |_, _| panic!("idle")), closing);
        assert_eq!(prepare.start(&mut lp, |_, _| panic!("prepare")), closing);
        assert_eq!(check.start(&mut lp, |_, _| panic!("check")), closing);
        assert_eq!(idle.stop(&mut lp), Ok(()));

        let (wakeup, sender) = Async::new(&mut lp, |_, _| panic!("woken"));
        sender.send().unwrap();
        close(&mut lp, wakeup);
        assert_eq!(sender.send(), Err(Errno::EBADF));

        let signal = Signal::new(&mut lp);
        signal.start(&mut lp, libc::SIGUSR1, |_, _, _| ()).unwrap();
        close(&mut lp, signal);
        let again = signal.start(&mut lp, libc::SIGUSR1, |_, _, _| panic!("signal"));
        assert_eq!(again, closing);
        assert_eq!(signal.signal(&lp), None);
        assert_eq!(signal.stop(&mut lp), Ok(()));

        let poll = Poll::new(&mut lp, &one).unwrap();
        close(&mut lp, poll);
        let again = poll.start(&mut lp, Interest::WRITABLE, |_, _, _| panic!("poll"));
        assert_eq!(again, closing);
        assert_eq!(poll.stop(&mut lp), Ok(()));

        let own = fed(&mut lp, |_, _| panic!("fed"));
        lp.feed(own).unwrap();
        close(&mut lp, own);
        assert_eq!(lp.feed(own), closing);
        assert_eq!(lp.requeue(own), closing);
        assert_eq!(lp.watch(own), closing);
        assert_eq!(lp.watch_level(own, Interest::READABLE), closing);
        let Refused { errno: error, fd } = lp.set_descriptor(own, other.into()).unwrap_err();
        assert_eq!(error, Errno::EINVAL);
        drop(fd);
        assert_eq!(lp.open_state(own).err(), Some(Errno::EINVAL));
        assert!(lp.parts(own).is_none());
        assert_eq!(lp.ref_(own), Ok(()));
        assert_eq!(lp.unref(own), Ok(()));

        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
