//! A wait that a signal interrupts goes on for the rest of its time: `Once` does not return without progress. One that fails says so,
//! and the loop can be run again.

use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Phase, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

/// What the pollers wait with.
const WAITS: [&str; 4] = ["epoll_pwait2", "epoll_wait", "kevent", "mio_poll"];

#[test]
fn a_wait_that_is_interrupted_goes_on() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let fired = seen.clone();
        timer
            .start(
                &mut lp,
                Duration::from_millis(3),
                Duration::ZERO,
                move |cx, timer| {
                    fired.add("fired");
                    close(cx, timer);
                },
            )
            .unwrap();
        let faults = WAITS
            .iter()
            .flat_map(|name| [Fault::new(name, 1, Effect::Fail(Errno::EINTR)); 3]);
        let plan = fault::plan(faults);
        let planned = plan.left();
        assert!(lp.run(RunMode::Once).unwrap());
        assert_eq!(seen.all(), ["fired"]);
        assert_eq!(plan.left(), planned - 3, "it was interrupted three times");
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
