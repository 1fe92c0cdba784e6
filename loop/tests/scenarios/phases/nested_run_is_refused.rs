//! A loop that runs cannot be run: callbacks only have a `Ctx`. Who puts it into another `Loop` gets EBUSY.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Ctx, Errno, Loop, Phase, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn nested_run_is_refused() {
    scenario(|| {
        let mut lp = new_loop();
        let other = Rc::new(RefCell::new(new_loop()));
        let errors = Seen::new();
        let timer = Timer::new(&mut lp);
        let (seen, shell) = (errors.clone(), other.clone());
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                let lp: &mut Loop = &mut shell.borrow_mut();
                std::mem::swap::<Ctx>(cx, lp);
                // `lp` is the loop that runs now.
                assert_eq!(lp.phase(), Phase::Timers);
                for mode in [RunMode::Default, RunMode::Once, RunMode::NoWait] {
                    seen.add(lp.run(mode).unwrap_err());
                }
                seen.add(lp.poll(None).unwrap_err());
                seen.add(lp.dispatch().unwrap_err());
                seen.add(lp.run_for(Duration::ZERO).unwrap_err());
                std::mem::swap::<Ctx>(cx, lp);
                close(cx, timer);
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(errors.all(), [Errno::EBUSY; 6]);
        end(lp);
        let other = Rc::into_inner(other).unwrap().into_inner();
        end(other);
    });
}
