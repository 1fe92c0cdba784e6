//! A handle that is part of another is neither walked nor waited for.

use std::time::Duration;

use uvox_loop::{Errno, Loop, Timer};

use crate::common::{new_loop, scenario};

#[test]
fn internal_handles_are_not_shown() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        lp.set_internal(timer).unwrap();
        timer
            .start(&mut lp, Duration::MAX, Duration::ZERO, |_, _| ())
            .unwrap();
        lp.walk(|_, handle| panic!("{handle:?} was shown"));
        assert!(lp.info(timer).is_some() && lp.alive());
        Loop::close(lp).unwrap();
        let mut other = new_loop();
        assert_eq!(other.set_internal(timer), Err(Errno::EBADF));
    });
}
