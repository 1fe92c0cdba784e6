//! A signal makes the callback run in the poll phase, once for each arrival; with another number, not at all.

use uvox_loop::{Phase, RunMode, Signal};

use signal_hook::low_level::raise;

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn a_signal_is_delivered() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        for number in [libc::SIGUSR1, libc::SIGUSR2] {
            let seen = seen.clone();
            let signal = Signal::new(&mut lp);
            assert!(!lp.is_active(signal));
            assert_eq!(signal.signal(&lp), None);
            signal
                .start(&mut lp, number, move |cx, signal, got| {
                    assert_eq!(cx.phase(), Phase::Poll);
                    assert_eq!((got, signal.signal(cx)), (number, Some(number)));
                    seen.add(number);
                })
                .unwrap();
            assert!(lp.is_active(signal));
        }
        for number in [libc::SIGUSR1, libc::SIGUSR1, libc::SIGUSR2] {
            raise(number).unwrap();
        }
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [libc::SIGUSR1, libc::SIGUSR1, libc::SIGUSR2]);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [0; 0]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_signal_ends_a_wait() {
    scenario(|| {
        let mut lp = new_loop();
        let signal = Signal::new(&mut lp);
        signal
            .start(&mut lp, libc::SIGWINCH, |cx, signal, _| close(cx, signal))
            .unwrap();
        // On whatever thread it arrives.
        let thread = std::thread::spawn(|| raise(libc::SIGWINCH).unwrap());
        assert!(!lp.run(RunMode::Default).unwrap());
        thread.join().unwrap();
        end(lp);
    });
}

#[test]
fn an_unreferenced_signal_does_not_keep_the_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let signal = Signal::new(&mut lp);
        signal.start(&mut lp, libc::SIGUSR1, |_, _, _| ()).unwrap();
        assert!(lp.alive());
        lp.unref(signal).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        close(&mut lp, signal);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
