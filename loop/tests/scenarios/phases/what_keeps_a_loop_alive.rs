//! A loop is alive for an active and referenced handle, for a request, for a handle that was fed or is closing, and for nothing else.

use std::time::Duration;

use uvox_loop::{Errno, Idle, RunMode, Timer};

use crate::common::{Seen, close, end, fed, new_loop, scenario};

#[test]
fn what_keeps_a_loop_alive() {
    scenario(|| {
        let mut lp = new_loop();
        assert!(!lp.alive());

        let idle = Idle::new(&mut lp);
        assert!(!lp.alive(), "a handle that does nothing");
        idle.start(&mut lp, |_, _| ()).unwrap();
        assert!(lp.alive(), "a handle that is active");
        lp.unref(idle).unwrap();
        assert!(!lp.alive(), "one that is active, but not referenced");
        lp.ref_(idle).unwrap();
        assert!(lp.alive());
        idle.stop(&mut lp).unwrap();
        assert!(!lp.alive(), "one that was stopped");

        lp.begin_request();
        lp.begin_request();
        lp.end_request().unwrap();
        assert!(lp.alive(), "a request");
        assert_eq!(lp.requests(), 1);
        lp.end_request().unwrap();
        assert!(!lp.alive());
        assert_eq!(lp.end_request(), Err(Errno::EINVAL), "it ended already");
        assert!(!lp.alive());

        lp.unref(idle).unwrap();
        close(&mut lp, idle);
        assert!(lp.alive(), "a handle that is closing, referenced or not");
        assert!(!lp.run(RunMode::Default).unwrap());

        // A handle that was fed, until it was called.
        let seen = Seen::new();
        let called = seen.clone();
        let handle = fed(&mut lp, move |_, _| called.add(()));
        lp.unref(handle).unwrap();
        assert!(!lp.alive());
        lp.feed(handle).unwrap();
        assert!(lp.alive(), "fed, referenced or not");
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 1);
        // One that was put off is no reason of its own.
        lp.requeue(handle).unwrap();
        assert!(!lp.alive());
        close(&mut lp, handle);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn unref_lets_the_loop_end() {
    scenario(|| {
        let mut lp = new_loop();
        let hour = Timer::new(&mut lp);
        let second = Duration::from_secs(1);
        hour.start(&mut lp, 3600 * second, second, |_, _| ())
            .unwrap();
        lp.unref(hour).unwrap();
        assert!(lp.is_active(hour));
        assert!(!lp.run(RunMode::Default).unwrap());

        // It does not get in the way of what is referenced.
        let soon = Timer::new(&mut lp);
        soon.start(&mut lp, second / 1000, Duration::ZERO, close)
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(lp.info(soon).is_none());
        close(&mut lp, hour);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn ref_and_unref_do_not_count() {
    scenario(|| {
        let mut lp = new_loop();
        let idle = Idle::new(&mut lp);
        idle.start(&mut lp, |_, _| ()).unwrap();
        for _ in 0..3 {
            lp.unref(idle).unwrap();
            assert!(!lp.alive() && !lp.has_ref(idle));
        }
        for _ in 0..3 {
            lp.ref_(idle).unwrap();
            assert!(lp.alive() && lp.has_ref(idle));
        }
        // Nor does starting and stopping.
        for _ in 0..3 {
            idle.start(&mut lp, |_, _| ()).unwrap();
        }
        idle.stop(&mut lp).unwrap();
        assert!(!lp.alive());
        close(&mut lp, idle);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_handle_type_that_is_careless_while_closing_leaves_no_count_behind() {
    scenario(|| {
        let mut lp = new_loop();
        let handle = fed(&mut lp, |_, _| ());
        close(&mut lp, handle);
        lp.set_active(handle, true).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(!lp.alive());
        end(lp);
    });
}
