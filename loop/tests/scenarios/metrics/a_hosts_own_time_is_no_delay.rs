//! What a host does between turns does not count as a delay of the loop's. Only with the histogram.
#![cfg(feature = "histogram")]

use std::time::{Duration, Instant};

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

#[test]
fn a_hosts_own_time_is_no_delay() {
    scenario(|| {
        let start = Instant::now();
        let mut lp = Loop::builder().measure(true).build().unwrap();
        lp.begin_request();
        let mut hosts = Duration::ZERO;
        for _ in 0..3 {
            lp.run(RunMode::NoWait).unwrap();
            let busy = Instant::now();
            while busy.elapsed() < Duration::from_millis(100) {
                std::hint::spin_loop();
            }
            hosts += busy.elapsed();
        }
        lp.run(RunMode::NoWait).unwrap();
        let delays = lp.loop_delays().unwrap();
        let total: u64 = delays
            .iter_recorded()
            .map(|step| step.value_iterated_to() * step.count_at_value())
            .sum();
        // However slow the machine: what was the host's was not the loop's. (A histogram rounds to three digits.)
        let exact = Duration::from_nanos(total / 100 * 99);
        assert!(exact + hosts <= start.elapsed(), "{exact:?} {hosts:?}");
        lp.end_request().unwrap();
        end(lp);
    });
}
