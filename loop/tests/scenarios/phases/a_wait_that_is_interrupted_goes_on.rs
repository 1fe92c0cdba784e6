//! A wait that a signal interrupts goes on for the rest of its time: `Once` does not return without progress. One that fails says so,
//! and the loop can be run again.

use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Async, Errno, Phase, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

/// What the pollers wait with.
const WAITS: [&str; 4] = ["epoll_pwait2", "epoll_wait", "kevent", "mio_poll"];

#[test]
fn a_wait_that_is_interrupted_goes_on() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        // With an hour to wait for, each wait is of the same kind, however slow the machine.
        let hour = Timer::new(&mut lp);
        let hours = Duration::from_secs(3600);
        hour.start(&mut lp, hours, Duration::ZERO, |_, _| ())
            .unwrap();
        let woken = seen.clone();
        let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
            woken.add("woken");
            close(cx, wakeup);
            close(cx, hour);
        });
        sender.send().unwrap();
        let faults = WAITS
            .iter()
            .flat_map(|name| [Fault::new(name, 1, Effect::Fail(Errno::EINTR)); 3]);
        let plan = fault::plan(faults);
        let planned = plan.left();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.all(), ["woken"]);
        // Three times by one name; and by the other, too, where the kernel turns out not to know the first (valgrind does not, say).
        let interrupted = planned - plan.left();
        assert!([3, 6].contains(&interrupted), "{interrupted}");
        drop(plan);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn a_wait_that_fails_is_an_error_of_run() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::from_millis(1), Duration::ZERO, close)
            .unwrap();
        let plan = fault::plan(WAITS.map(|name| Fault::new(name, 1, Effect::Fail(Errno::EBADF))));
        assert_eq!(lp.run(RunMode::Once), Err(Errno::EBADF));
        assert_eq!(lp.phase(), Phase::Outside);
        drop(plan);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
