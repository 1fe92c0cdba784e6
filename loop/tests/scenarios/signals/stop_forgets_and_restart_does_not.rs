//! What was caught and not delivered is forgotten when the handle is stopped, or started for another signal. Started again
//! for the same one, it only changes its callback.

use signal_hook::low_level::raise;
use uvox_loop::{RunMode, Signal};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn stop_forgets_and_restart_does_not() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let signal = Signal::new(&mut lp);
        let on = |name: &'static str| {
            let seen = seen.clone();
            move |_: &mut uvox_loop::Ctx, _: Signal, number: i32| seen.add((name, number))
        };
        signal.start(&mut lp, libc::SIGUSR1, on("first")).unwrap();
        raise(libc::SIGUSR1).unwrap();
        signal.stop(&mut lp).unwrap();
        assert!(!lp.is_active(signal) && !lp.alive());
        lp.begin_request();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 0, "stopped");

        signal.start(&mut lp, libc::SIGUSR1, on("second")).unwrap();
        raise(libc::SIGUSR1).unwrap();
        signal.start(&mut lp, libc::SIGUSR1, on("third")).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [("third", libc::SIGUSR1)]);

        raise(libc::SIGUSR1).unwrap();
        signal.start(&mut lp, libc::SIGUSR2, on("fourth")).unwrap();
        assert_eq!(signal.signal(&lp), Some(libc::SIGUSR2));
        raise(libc::SIGUSR2).unwrap();
        raise(libc::SIGUSR1).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [("fourth", libc::SIGUSR2)]);

        lp.end_request().unwrap();
        close(&mut lp, signal);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
