//! More arrivals than a turn delivers: the rest come in the turns after, none is lost, and none of these turns is in vain.

use signal_hook::low_level::raise;
use uvox_loop::{Check, Loop, RunMode, Signal};

use crate::common::{Seen, close_all, end, scenario};

#[test]
fn more_at_once_than_a_turn_delivers() {
    scenario(|| {
        let mut lp = Loop::builder()
            .budgets(|budgets| budgets.signals = 4)
            .build()
            .unwrap();
        let seen = Seen::new();
        let signal = Signal::new(&mut lp);
        let called = seen.clone();
        signal
            .start(&mut lp, libc::SIGUSR1, move |_, _, _| called.add("signal"))
            .unwrap();
        let turned = seen.clone();
        Check::new(&mut lp)
            .start(&mut lp, move |_, _| turned.add("turn"))
            .unwrap();
        for _ in 0..9 {
            raise(libc::SIGUSR1).unwrap();
        }
        for _ in 0..3 {
            lp.run(RunMode::Once).unwrap();
        }
        let expected = ["signal", "signal", "signal", "signal", "turn"];
        assert_eq!(
            seen.take(),
            [&expected[..], &expected, &expected[3..]].concat()
        );

        // Exactly as many as a turn delivers: there is no reason for another.
        for _ in 0..4 {
            raise(libc::SIGUSR1).unwrap();
        }
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), expected);
        assert_eq!(lp.backend_timeout(), None);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
