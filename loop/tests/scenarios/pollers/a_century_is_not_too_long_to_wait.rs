//! However far off the next timer is, the wait for it is one that the kernel takes, and other events end it.

use std::time::Duration;

use uvox_loop::{Async, RunMode, Timer};

use crate::common::{end, new_loop, scenario};

#[test]
fn a_century_is_not_too_long_to_wait() {
    let century = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    for timeout in [century, 5 * century, Duration::MAX] {
        scenario(|| {
            let mut lp = new_loop();
            let timer = Timer::new(&mut lp);
            timer
                .start(&mut lp, timeout, Duration::ZERO, |_, _| {
                    panic!("not in our time")
                })
                .unwrap();
            let (wake, sender) = Async::new(&mut lp, move |cx, wake| {
                cx.close(wake, |_| ()).unwrap();
                cx.close(timer, |_| ()).unwrap();
            });
            let thread = std::thread::spawn(move || sender.send());
            lp.run(RunMode::Default).unwrap();
            thread.join().unwrap().unwrap();
            assert!(lp.is_closing(wake));
            end(lp);
        });
    }
}
