//! A signal that cuts a wait short does not end the turn, nor does it make a timer early or late.

use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::hrtime;
use uvox_loop::{Errno, RunMode, Timer};

use crate::common::{end, new_loop, scenario};

#[test]
fn interrupted_wait_goes_on() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        let timeout = Duration::from_millis(3);
        lp.update_time();
        let due = lp.now() + timeout;
        timer
            .start(&mut lp, timeout, Duration::ZERO, move |cx, timer| {
                assert!(Duration::from_nanos(hrtime()) >= due);
                cx.close(timer, |_| ()).unwrap();
            })
            .unwrap();
        // Whichever of these this poller makes, all its calls are waits here.
        let waits = ["epoll_wait", "epoll_pwait2", "kevent", "mio_poll"];
        let faults = fault::plan(waits.map(|name| Fault::new(name, 1, Effect::Fail(Errno::EINTR))));
        lp.run(RunMode::Default).unwrap();
        assert!(faults.left() < waits.len());
        drop(faults);
        end(lp);
    });
}
