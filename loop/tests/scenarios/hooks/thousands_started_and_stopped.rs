//! Thousands of hooks come and go; those that stay keep their order, and run once a turn.

use uvox_loop::{Prepare, RunMode};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn thousands_started_and_stopped() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let hooks: Vec<Prepare> = (0..5_000).map(|_| Prepare::new(&mut lp)).collect();
        for (i, hook) in hooks.iter().enumerate() {
            let seen = seen.clone();
            hook.start(&mut lp, move |_, _| seen.add(i)).unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), (0..5_000).rev().collect::<Vec<_>>());
        // All but every hundredth go, by stop or by close.
        for (i, hook) in hooks.iter().enumerate().filter(|(i, _)| i % 100 != 0) {
            if i % 2 == 0 {
                hook.stop(&mut lp).unwrap();
            } else {
                close(&mut lp, *hook);
            }
        }
        let hundredth: Vec<usize> = (0..5_000).step_by(100).rev().collect();
        for _ in 0..3 {
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(seen.take(), hundredth);
        }
        // Their places changed; they can be stopped and started as before.
        hooks[2_500].stop(&mut lp).unwrap();
        hooks[100].stop(&mut lp).unwrap();
        let again = seen.clone();
        hooks[100]
            .start(&mut lp, move |_, _| again.add(100))
            .unwrap();
        let mut expected = vec![100];
        expected.extend(hundredth.iter().filter(|i| ![100, 2_500].contains(*i)));
        for _ in 0..2 {
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(seen.take(), expected);
        }
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_hook_started_and_stopped_between_all_turns() {
    scenario(|| {
        let mut lp = new_loop();
        let hook = Prepare::new(&mut lp);
        for turn in 0..10_000 {
            hook.start(&mut lp, |_, _| panic!("called")).unwrap();
            hook.stop(&mut lp).unwrap();
            if turn % 100 == 0 {
                lp.run(RunMode::NoWait).unwrap();
            }
        }
        assert!(!lp.alive());
        close(&mut lp, hook);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
