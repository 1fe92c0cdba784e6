//! Turns, events, and events that waited for the loop, are always counted.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::{Interest, Poll, RunMode, Timer};

use crate::common::{close_all, end, new_loop, scenario};

#[test]
fn turns_and_events() {
    scenario(|| {
        let mut lp = new_loop();
        assert_eq!(lp.metrics(), Default::default());
        lp.begin_request();
        for turns in 1..=3 {
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(lp.metrics().turns, turns);
        }
        assert_eq!(lp.metrics().events, 0);

        // Three descriptors are ready before the loop asks, which it does without waiting: they waited for it.
        let pairs: Vec<_> = (0..3).map(|_| UnixStream::pair().unwrap()).collect();
        for (ours, theirs) in &pairs {
            (&mut &*ours).write_all(b"x").unwrap();
            let poll = Poll::new(&mut lp, theirs).unwrap();
            poll.start(&mut lp, Interest::READABLE, |_, _, _| ())
                .unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        let metrics = lp.metrics();
        assert_eq!((metrics.events, metrics.events_waiting), (3, 3));

        // The same where the loop was ready to wait: not late.
        lp.run(RunMode::Once).unwrap();
        let metrics = lp.metrics();
        assert_eq!((metrics.events, metrics.events_waiting), (6, 3));
        assert_eq!(metrics.turns, 5);

        // A timer is no event.
        close_all(&mut lp);
        lp.run(RunMode::NoWait).unwrap();
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::from_millis(1), Duration::ZERO, |_, _| ())
            .unwrap();
        lp.run(RunMode::Once).unwrap();
        let metrics = lp.metrics();
        assert_eq!((metrics.turns, metrics.events), (7, 6));
        // And no time was kept, since nobody asked for it.
        assert_eq!(metrics.idle_time, Duration::ZERO);
        assert_eq!(metrics.phase_times.iter().sum::<Duration>(), Duration::ZERO);

        lp.end_request().unwrap();
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
