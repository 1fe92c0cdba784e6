//! A signal that arrives while the callback runs makes another call; one that closes or stops its handle ends what is to come.

use signal_hook::low_level::raise;
use uvox_loop::{RunMode, Signal};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn signal_inside_a_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let signal = Signal::new(&mut lp);
        let called = seen.clone();
        signal
            .start(&mut lp, libc::SIGUSR1, move |cx, signal, _| {
                called.add(());
                if called.len() < 5 {
                    raise(libc::SIGUSR1).unwrap();
                } else {
                    close(cx, signal);
                }
            })
            .unwrap();
        raise(libc::SIGUSR1).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 5);
        end(lp);
    });
}

#[test]
fn stop_inside_the_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let signal = Signal::new(&mut lp);
        let called = seen.clone();
        signal
            .start(&mut lp, libc::SIGUSR1, move |cx, signal, _| {
                called.add(());
                signal.stop(cx).unwrap();
            })
            .unwrap();
        for _ in 0..3 {
            raise(libc::SIGUSR1).unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 1);
        close(&mut lp, signal);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
