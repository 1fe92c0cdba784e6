//! Numbers that are no signal, and signals that cannot or must not be caught: EINVAL. A handle that is started goes on.

use uvox_loop::{Errno, RunMode, Signal};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn signals_that_cannot_be_watched() {
    scenario(|| {
        let mut lp = new_loop();
        let signal = Signal::new(&mut lp);
        let seen = Seen::new();
        let called = seen.clone();
        signal
            .start(&mut lp, libc::SIGUSR1, move |cx, signal, number| {
                called.add(number);
                close(cx, signal);
            })
            .unwrap();
        let bad = [
            libc::SIGKILL,
            libc::SIGSTOP,
            libc::SIGSEGV,
            libc::SIGILL,
            libc::SIGFPE,
            0,
            -1,
            i32::MIN,
            1_000,
            i32::MAX,
        ];
        for number in bad {
            let error = signal.start(&mut lp, number, |_, _, _| panic!("called"));
            assert_eq!(error, Err(Errno::EINVAL), "{number}");
            let error = signal.start_once(&mut lp, number, |_, _, _| panic!("called"));
            assert_eq!(error, Err(Errno::EINVAL), "{number}");
        }
        assert_eq!(signal.signal(&lp), Some(libc::SIGUSR1));
        signal_hook::low_level::raise(libc::SIGUSR1).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [libc::SIGUSR1]);
        end(lp);
    });
}
