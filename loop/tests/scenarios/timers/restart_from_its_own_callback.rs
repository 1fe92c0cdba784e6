//! A timer that starts itself over with another callback, and one that stops itself and starts over.

use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn restart_from_its_own_callback() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let (first, second, third) = (seen.clone(), seen.clone(), seen.clone());
        let millisecond = Duration::from_millis(1);
        let mut third = Some(third);
        // Once, then repeating, then once again.
        timer
            .start(&mut lp, millisecond, Duration::ZERO, move |cx, timer| {
                first.add("first");
                let (second, mut third) = (second.clone(), third.take());
                timer
                    .start(cx, millisecond, millisecond, move |cx, timer| {
                        second.add("second");
                        timer.stop(cx).unwrap();
                        let Some(third) = third.take() else { return };
                        timer
                            .start(cx, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                                third.add("third");
                                close(cx, timer);
                            })
                            .unwrap();
                    })
                    .unwrap();
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["first", "second", "third"]);
        end(lp);
    });
}
