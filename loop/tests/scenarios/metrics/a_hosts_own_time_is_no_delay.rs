//! What a host does between turns does not count as a delay of the loop's. Only with the histogram.
#![cfg(feature = "histogram")]

use std::time::{Duration, Instant};

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn a_hosts_own_time_is_no_delay() {
    scenario(|| {
        let mut lp = Loop::builder().measure(true).build().unwrap();
        lp.begin_request();
        for _ in 0..2 {
            lp.run(RunMode::NoWait).unwrap();
            // The host is busy for longer than any turn takes that has nothing to do.
            let busy = Instant::now();
            while busy.elapsed() < Duration::from_millis(300) {
                std::hint::spin_loop();
            }
        }
        lp.run(RunMode::NoWait).unwrap();
        let longest = Duration::from_nanos(lp.loop_delays().unwrap().max());
        assert!(longest < Duration::from_millis(300), "{longest:?}");
        lp.end_request().unwrap();
        end(lp);
    });
}
