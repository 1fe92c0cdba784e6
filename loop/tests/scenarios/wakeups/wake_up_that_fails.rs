//! A wake-up that the kernel refuses is an error to the sender, and not the last one: the next one tries again.

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Async, Errno, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn wake_up_that_fails() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let senders: Vec<_> = (0..2)
            .map(|i| {
                let called = seen.clone();
                let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
                    called.add(i);
                    close(cx, wakeup);
                });
                sender
            })
            .collect();
        let plan = fault::plan([Fault::new("write", 1, Effect::Fail(Errno::EIO))]);
        assert_eq!(senders[0].send(), Err(Errno::EIO));
        assert_eq!(plan.left(), 0);
        assert_eq!(senders[1].send(), Ok(()));
        assert_eq!(senders[0].send(), Ok(()));
        // Nothing but the wake-ups ends this.
        assert!(!lp.run(RunMode::Default).unwrap());
        let mut called = seen.all();
        called.sort_unstable();
        assert_eq!(called, [0, 1]);
        end(lp);
    });
}
