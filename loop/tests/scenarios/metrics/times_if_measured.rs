//! Where times were asked for: waiting is idle time, each phase has its own, and together they are never more than passed.

use std::time::{Duration, Instant};

use uvox_loop::{Idle, Loop, Phase, RunMode, Timer};

use crate::common::{close, close_all, end, scenario};

const SPELL: Duration = Duration::from_millis(2);

fn spend(duration: Duration) {
    let start = Instant::now();
    while start.elapsed() < duration {
        std::hint::spin_loop();
    }
}

#[test]
fn times_if_measured() {
    scenario(|| {
        let start = Instant::now();
        let mut lp = Loop::builder().measure(true).build().unwrap();
        assert_eq!(lp.metrics().idle_time, Duration::ZERO);

        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, 3 * SPELL, Duration::ZERO, |_, _| spend(SPELL))
            .unwrap();
        lp.run(RunMode::Once).unwrap();
        let after_waiting = lp.metrics();
        assert!(after_waiting.idle_time > Duration::ZERO);
        assert!(after_waiting.phase_times[Phase::Timers as usize] >= SPELL);

        // Work is not idle time, though it is done in a phase of that name.
        let idle = Idle::new(&mut lp);
        idle.start(&mut lp, |cx, idle| {
            spend(SPELL);
            close(cx, idle);
        })
        .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        let after_work = lp.metrics();
        assert!(after_work.phase_times[Phase::Idle as usize] >= SPELL);
        assert_eq!(
            after_work.phase_times[Phase::Prepare as usize],
            Duration::ZERO,
            "no such callback"
        );

        spend(SPELL);
        timer
            .start(&mut lp, SPELL, Duration::ZERO, |_, _| ())
            .unwrap();
        lp.update_time();
        timer
            .start(&mut lp, SPELL, Duration::ZERO, |_, _| ())
            .unwrap();
        lp.run(RunMode::Once).unwrap();
        let last = lp.metrics();
        assert!(last.idle_time > after_work.idle_time);
        assert!(last.phase_times[Phase::Outside as usize] >= SPELL);
        let total = last.idle_time + last.phase_times.iter().sum::<Duration>();
        assert!(total <= start.elapsed(), "each moment is counted once");
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[cfg(feature = "histogram")]
#[test]
fn a_histogram_of_what_held_the_loop() {
    scenario(|| {
        let mut lp = crate::common::new_loop();
        assert!(lp.loop_delays().is_none(), "not asked for");
        lp.run(RunMode::NoWait).unwrap();
        end(lp);

        let mut lp = Loop::builder().measure(true).build().unwrap();
        lp.begin_request();
        let idle = Idle::new(&mut lp);
        let mut turns = 0;
        idle.start(&mut lp, move |_, _| {
            turns += 1;
            if turns == 3 {
                spend(SPELL);
            }
        })
        .unwrap();
        for _ in 0..5 {
            lp.run(RunMode::NoWait).unwrap();
        }
        let delays = lp.loop_delays().unwrap();
        assert_eq!(delays.len(), 5, "one for each wait");
        assert!(delays.max() >= SPELL.as_nanos() as u64);
        lp.end_request().unwrap();
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
