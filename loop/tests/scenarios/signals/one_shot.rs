//! A one-shot handle is stopped when its callback runs, however often the signal arrived; it may be started again from there.

use signal_hook::low_level::raise;
use uvox_loop::{RunMode, Signal};

use crate::common::{Seen, close, close_all, end, new_loop, scenario};

#[test]
fn one_shot() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (once, always) = (Signal::new(&mut lp), Signal::new(&mut lp));
        let called = seen.clone();
        once.start_once(&mut lp, libc::SIGUSR1, move |cx, once, number| {
            assert_eq!(number, libc::SIGUSR1);
            assert!(!cx.is_active(once));
            assert_eq!(once.signal(cx), None);
            called.add("once");
        })
        .unwrap();
        let called = seen.clone();
        always
            .start(&mut lp, libc::SIGUSR1, move |_, _, _| called.add("always"))
            .unwrap();
        for _ in 0..3 {
            raise(libc::SIGUSR1).unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        raise(libc::SIGUSR1).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        let mut all = seen.all();
        all.sort_unstable();
        assert_eq!(all, ["always", "always", "always", "always", "once"]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn started_again_from_its_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let signal = Signal::new(&mut lp);
        let called = seen.clone();
        signal
            .start_once(&mut lp, libc::SIGUSR1, move |cx, signal, _| {
                called.add("first");
                let second = called.clone();
                signal
                    .start_once(cx, libc::SIGUSR2, move |cx, signal, _| {
                        second.add("second");
                        close(cx, signal);
                    })
                    .unwrap();
                raise(libc::SIGUSR2).unwrap();
            })
            .unwrap();
        raise(libc::SIGUSR1).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["first", "second"]);
        end(lp);
    });
}
