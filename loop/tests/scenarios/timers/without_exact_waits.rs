//! On a kernel without `epoll_pwait2` waits are in milliseconds, rounded up: timers are still never early, and no wait is in vain.

use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::hrtime;
use uvox_loop::{Async, Errno, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn without_exact_waits() {
    scenario(|| {
        let mut lp = new_loop();
        if lp.backend_name() != "epoll" {
            return end(lp);
        }
        let plan = fault::plan([Fault::new("epoll_pwait2", 1, Effect::Fail(Errno::ENOSYS))]);
        // However long this took: there is an hour to wait for, and only the wake-up ends that.
        let hour = Timer::new(&mut lp);
        hour.start(
            &mut lp,
            Duration::from_secs(3600),
            Duration::ZERO,
            |_, _| (),
        )
        .unwrap();
        let (_, sender) = Async::new(&mut lp, close);
        sender.send().unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(plan.left(), 0, "the kernel is asked");
        close(&mut lp, hour);
        lp.run(RunMode::NoWait).unwrap();
        let seen = Seen::new();
        for microseconds in [300, 1_700, 2_500] {
            let timer = Timer::new(&mut lp);
            let timeout = Duration::from_micros(microseconds);
            let due = lp.now() + timeout;
            let fired = seen.clone();
            timer
                .start(&mut lp, timeout, Duration::ZERO, move |cx, timer| {
                    assert!(u128::from(hrtime()) >= due.as_nanos());
                    fired.add(microseconds);
                    close(cx, timer);
                })
                .unwrap();
            // Each run waits once, and the timer is due then.
            lp.run(RunMode::Once).unwrap();
            assert_eq!(seen.all().last(), Some(&microseconds));
            lp.run(RunMode::NoWait).unwrap();
        }
        end(lp);
    });
}
