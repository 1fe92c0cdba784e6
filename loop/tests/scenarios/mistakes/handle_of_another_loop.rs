//! The handle of one loop means nothing to another: EBADF, and in debug builds an error in the log that names both loops.

use std::time::Duration;

use uvox_loop::{Errno, RunMode, Timer};

use crate::common::{captured_log, close, end, new_loop, scenario};

#[test]
fn handle_of_another_loop() {
    scenario(|| {
        let (mut lp, mut other) = (new_loop(), new_loop());
        let timers: Vec<Timer> = (0..3).map(|_| Timer::new(&mut lp)).collect();
        // The same slots are taken in the other loop.
        let others: Vec<Timer> = (0..3).map(|_| Timer::new(&mut other)).collect();
        let lines = captured_log(log::LevelFilter::Error, || {
            let second = Duration::from_secs(1);
            assert_eq!(
                timers[1].start(&mut other, second, second, |_, _| ()),
                Err(Errno::EBADF)
            );
        });
        if cfg!(debug_assertions) {
            let named = format!("of loop {} was used on loop {}", lp.id(), other.id());
            assert!(lines.iter().any(|line| line.contains(&named)), "{lines:?}");
            assert!(
                lines
                    .iter()
                    .all(|line| line.starts_with("uvox::loop ERROR")),
                "{lines:?}"
            );
        } else {
            assert_eq!(lines, [""; 0]);
        }
        assert_eq!(
            other.close(timers[0], |_| panic!("called")),
            Err(Errno::EBADF)
        );
        assert!(other.info(timers[2]).is_none());
        assert!(!other.alive() && !lp.alive());
        for timer in timers {
            close(&mut lp, timer);
        }
        for timer in others {
            close(&mut other, timer);
        }
        lp.run(RunMode::Default).unwrap();
        other.run(RunMode::Default).unwrap();
        end(lp);
        end(other);
    });
}
