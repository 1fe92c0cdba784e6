//! Timeouts of a few durations, started anew over and over, fire in the order in which they become due, whichever were taken out in between.

use std::time::Duration;

use uvox::env::{set_idle_timeout, set_timeout};

use crate::common::{Seen, program, scenario};

/// A small generator of numbers, the same ones each time.
fn noise(state: &mut u32) -> usize {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*state >> 8) as usize
}

#[test]
fn many_timeouts() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        let expected = Seen::new();
        let model = expected.clone();
        program(move |cx| {
            let mut state = 7;
            let times = [3, 1, 2];
            let mut alive: Vec<(usize, usize)> = Vec::new();
            let timeouts: Vec<_> = (0..300)
                .map(|number| {
                    let record = record.clone();
                    let time = times[number % 3];
                    alive.push((time, number));
                    set_idle_timeout(cx, Duration::from_millis(time as u64), move |_, _| {
                        record.add(number);
                    })
                })
                .collect();
            for _ in 0..2000 {
                let number = noise(&mut state) % timeouts.len();
                let known = alive.iter().position(|(_, one)| *one == number);
                if noise(&mut state).is_multiple_of(20) {
                    timeouts[number].clear(cx);
                    known.map(|at| alive.remove(at));
                } else if let Some(at) = known {
                    timeouts[number].refresh(cx);
                    // All start at the same time, so the order is that in which they were started last, by duration.
                    let one = alive.remove(at);
                    alive.push(one);
                }
            }
            alive.sort_by_key(|(time, _)| *time);
            alive.iter().for_each(|(_, number)| model.add(*number));
            // The last one to be due keeps the loop for all.
            set_timeout(cx, Duration::from_millis(4), |_| ());
        });
        assert!(expected.len() > 100);
        assert_eq!(seen.all(), expected.all());
    });
}
